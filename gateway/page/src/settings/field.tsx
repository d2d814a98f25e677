import { useState } from 'preact/hooks';
import { isMembers, newOf, type Schema, titleOf, whenOn, withMember } from './schema.ts';

export interface FieldParts {
  /** Where it stands in the configuration: `devices.0.name`. */
  readonly path: string;
  readonly title: string;
  readonly schema: Schema;
  readonly value: unknown;
  change(value: unknown): void;
}

const idOf = (path: string): string => `field-${path}`;

const Label = ({ path, title, schema: { description } }: FieldParts) => (
  <label for={idOf(path)}>
    {title}
    {description !== undefined && <span class="hint">{description}</span>}
  </label>
);

const shownDefault = (value: unknown): string =>
  value === undefined || typeof value === 'object' ? '' : String(value);

const NumberField = (parts: FieldParts) => {
  const { path, schema, value, change } = parts;
  return (
    <>
      <Label {...parts} />
      <input
        id={idOf(path)}
        type="number"
        step={schema.type === 'integer' ? 1 : 'any'}
        min={schema.minimum}
        max={schema.maximum}
        placeholder={shownDefault(schema.default)}
        value={typeof value === 'number' ? value : ''}
        onInput={({ currentTarget: { value: text, valueAsNumber } }) =>
          change(text === '' ? undefined : valueAsNumber)
        }
      />
    </>
  );
};

const TextField = (parts: FieldParts) => {
  const { path, schema, value, change } = parts;
  return (
    <>
      <Label {...parts} />
      <input
        id={idOf(path)}
        type="text"
        spellcheck={false}
        autocomplete="off"
        placeholder={shownDefault(schema.default)}
        value={typeof value === 'string' ? value : ''}
        onInput={({ currentTarget: { value: text } }) => change(text === '' ? undefined : text)}
      />
    </>
  );
};

const ChoiceField = (parts: FieldParts) => {
  const { path, schema, value, change } = parts;
  return (
    <>
      <Label {...parts} />
      <select
        id={idOf(path)}
        value={typeof value === 'string' ? value : shownDefault(schema.default)}
        onChange={({ currentTarget: { value: text } }) => change(text)}
      >
        {schema.enum?.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
    </>
  );
};

const SwitchField = (parts: FieldParts) => {
  const { path, schema, value, change } = parts;
  return (
    <div class="switch">
      <input
        id={idOf(path)}
        type="checkbox"
        checked={(value ?? schema.default) === true}
        onChange={({ currentTarget: { checked } }) => change(checked)}
      />
      <Label {...parts} />
    </div>
  );
};

/** What has no shape of its own here, as it is written. */
const JsonField = (parts: FieldParts) => {
  const { path, value, change } = parts;
  const [text, setText] = useState(() => (value === undefined ? '' : JSON.stringify(value, null, 2)));
  const [words, setWords] = useState('');
  const take = (typed: string): void => {
    setText(typed);
    try {
      change(typed.trim() === '' ? undefined : JSON.parse(typed));
      setWords('');
    } catch {
      setWords('This is no JSON yet; what was there before still holds.');
    }
  };
  return (
    <>
      <Label {...parts} />
      <textarea
        id={idOf(path)}
        rows={Math.min(12, text.split('\n').length + 1)}
        spellcheck={false}
        placeholder="{}"
        value={text}
        onInput={({ currentTarget }) => take(currentTarget.value)}
      />
      <p class="wrong small" role="status">
        {words}
      </p>
    </>
  );
};

const ListField = (parts: FieldParts) => {
  const { path, title, schema, value, change } = parts;
  const items = Array.isArray(value) ? (value as readonly unknown[]) : [];
  const { items: of = {} } = schema;
  const nameOf = (item: unknown, at: number): string =>
    isMembers(item) && typeof item['name'] === 'string' && item['name'] !== ''
      ? item['name']
      : `${title} ${at + 1}`;
  return (
    <div class="list">
      {schema.description !== undefined && <p class="hint">{schema.description}</p>}
      {items.map((item, at) => (
        <fieldset key={at}>
          <legend>{nameOf(item, at)}</legend>
          <Field
            path={`${path}.${at}`}
            title={nameOf(item, at)}
            schema={of}
            value={item}
            change={(next) => change(items.map((each, index) => (index === at ? (next ?? newOf(of)) : each)))}
          />
          <button
            type="button"
            class="plain"
            onClick={() => change(items.filter((_, index) => index !== at))}
          >
            Remove {nameOf(item, at)}
          </button>
        </fieldset>
      ))}
      <button type="button" class="plain" onClick={() => change([...items, newOf(of)])}>
        Add to {title.toLowerCase()}
      </button>
    </div>
  );
};

const ObjectField = ({ path, schema: { properties = {} }, value, change }: FieldParts) => (
  <div class="members">
    {Object.entries(properties).map(([name, schema]) => (
      <div key={name}>
        <Field
          path={`${path}.${name}`}
          title={titleOf(name)}
          schema={schema}
          value={isMembers(value) ? value[name] : undefined}
          change={(member) => change(withMember(value, name, member))}
        />
      </div>
    ))}
  </div>
);

/** Something that `null` switches off. */
const OptionalField = (parts: FieldParts & { readonly on: Schema }) => {
  const { path, title, schema, value, change, on } = parts;
  const isOn = value === undefined ? schema.default !== null && schema.default !== undefined : value !== null;
  return (
    <>
      <div class="switch">
        <input
          id={idOf(path)}
          type="checkbox"
          checked={isOn}
          onChange={({ currentTarget: { checked } }) => change(checked ? newOf(on) : null)}
        />
        <label for={idOf(path)}>
          {title}
          {schema.description !== undefined && <span class="hint">{schema.description}</span>}
        </label>
      </div>
      {isOn && <Field path={path} title={title} schema={on} value={value ?? undefined} change={change} />}
    </>
  );
};

/** A field for whatever the schema says. */
export const Field = (parts: FieldParts) => {
  const { schema } = parts;
  const on = whenOn(schema);
  if (on !== undefined) return <OptionalField {...parts} on={on} />;
  if (schema.enum !== undefined) return <ChoiceField {...parts} />;
  if (schema.type === 'integer' || schema.type === 'number') return <NumberField {...parts} />;
  if (schema.type === 'boolean') return <SwitchField {...parts} />;
  if (schema.type === 'array') return <ListField {...parts} />;
  if (schema.type === 'object' && schema.properties !== undefined) return <ObjectField {...parts} />;
  return schema.type === 'string' ? <TextField {...parts} /> : <JsonField {...parts} />;
};
