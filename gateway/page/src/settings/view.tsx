import { useEffect, useState } from 'preact/hooks';
import { get, post } from '../api.ts';
import { Asked, useAsked } from '../asked.tsx';
import { momentText } from '../say.ts';
import { Field } from './field.tsx';
import { isMembers, type Members, type Schema, titleOf, withMember } from './schema.ts';
import { ZoneMap } from './zone-map.tsx';

interface Given {
  readonly text: string;
  readonly version: string;
  readonly isWritable: boolean;
  readonly earlier: readonly { readonly id: string; readonly untilMs: number }[];
}

/** In the order in which somebody comes to need them; what is not here stands in the text alone. */
const PARTS = ['devices', 'networks', 'privacy', 'store', 'journal', 'attest', 'broker', 'clock', 'page'];
const AGAIN_MS = 500;
const TRIES_MAX = 120;

const parsed = (text: string): Members | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isMembers(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** Resolves once the box answers again after it was started anew; false where it does not for long. */
const backAgain = async (): Promise<boolean> => {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    // The first answers may still be of the run that is about to end.
    if (tries > 1 && (await get('/api/hello')).ok) return true;
  }
  return false;
};

interface EditorParts {
  readonly given: Given;
  readonly schema: Schema;
  saved(): void;
}

const Zones = ({ value, change }: { readonly value: unknown; change(value: unknown): void }) => (
  <ZoneMap
    value={isMembers(value) ? value['zones'] : undefined}
    change={(zones) => change(withMember(value, 'zones', zones))}
  />
);

const Editor = ({ given, schema, saved }: EditorParts) => {
  const [text, setText] = useState(given.text);
  const [state, setState] = useState<{
    readonly isBusy: boolean;
    readonly words: string;
    readonly isBad: boolean;
  }>({
    isBusy: false,
    words: '',
    isBad: false,
  });
  useEffect(() => setText(given.text), [given.text]);
  const config = parsed(text);
  const isChanged = text !== given.text;

  const send = async (path: string, body: unknown): Promise<void> => {
    setState({ isBusy: true, words: 'The box looks at it …', isBad: false });
    const answer = await post(path, body);
    if (!answer.ok) return setState({ isBusy: false, words: answer.words, isBad: true });
    setState({ isBusy: true, words: 'Saved. The box starts anew with it …', isBad: false });
    const isBack = await backAgain();
    setState({
      isBusy: false,
      words: isBack ? 'Saved, and in force.' : 'Saved, but the box does not answer yet.',
      isBad: !isBack,
    });
    saved();
  };

  return (
    <>
      {!given.isWritable && (
        <p class="banner">
          The gateway may not write its configuration; it can be looked at here, not changed.
        </p>
      )}
      {config !== undefined &&
        PARTS.filter((name) => schema.properties?.[name] !== undefined).map((name) => {
          const change = (value: unknown): void =>
            setText(`${JSON.stringify(withMember(config, name, value), null, 2)}\n`);
          return (
            <details key={name} class="card part">
              <summary>{titleOf(name)}</summary>
              {name === 'privacy' && <Zones value={config[name]} change={change} />}
              <Field
                path={name}
                title={titleOf(name)}
                schema={schema.properties?.[name] ?? {}}
                value={config[name]}
                change={change}
              />
            </details>
          );
        })}
      <details class="card part" open={config === undefined}>
        <summary>As text</summary>
        <label for="settings-text">The configuration file</label>
        <textarea
          id="settings-text"
          rows={18}
          spellcheck={false}
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </details>
      <div class={isChanged || state.words !== '' ? 'actions stays' : 'actions'}>
        <p class={state.isBad ? 'wrong' : 'quiet'} role={state.isBad ? 'alert' : 'status'}>
          {state.words}
        </p>
        <button
          type="button"
          disabled={!isChanged || state.isBusy || !given.isWritable}
          onClick={() => void send('/api/settings', { text, version: given.version })}
        >
          Save and start anew
        </button>
        <button
          type="button"
          class="plain"
          disabled={!isChanged || state.isBusy}
          onClick={() => {
            setText(given.text);
            setState({ isBusy: false, words: '', isBad: false });
          }}
        >
          Discard
        </button>
      </div>
      <section aria-labelledby="earlier">
        <h2 id="earlier">As it was before</h2>
        {given.earlier.length === 0 ? (
          <p class="quiet">Nothing was changed from here yet.</p>
        ) : (
          <ol class="rows card">
            {given.earlier.map(({ id, untilMs }) => (
              <li key={id}>
                <span>until {momentText(BigInt(untilMs) * 1_000_000n)}</span>
                <button
                  type="button"
                  class="plain"
                  disabled={state.isBusy || !given.isWritable}
                  onClick={() => void send('/api/settings/restore', { id, version: given.version })}
                >
                  Put back
                </button>
              </li>
            ))}
          </ol>
        )}
      </section>
    </>
  );
};

/** The configuration, by fields or as text, checked by the box, and put back where that was wrong. */
export const SettingsView = () => {
  const settings = useAsked<Given>('/api/settings');
  const schema = useAsked<Schema>('/api/settings/schema');
  const [last, setLast] = useState<Given>();
  const { answer } = settings;
  useEffect(() => {
    if (answer?.ok === true) setLast(answer.value);
  }, [answer]);
  return (
    <>
      <header class="headline">
        <h1>Settings</h1>
        <p class="quiet">The box checks what is saved before it takes it, and goes on with what works.</p>
      </header>
      <Asked asking={schema}>
        {(of) =>
          last === undefined ? (
            <Asked asking={settings}>{() => null}</Asked>
          ) : (
            <Editor given={last} schema={of} saved={settings.again} />
          )
        }
      </Asked>
    </>
  );
};
