import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { alertRules } from './expand.ts';
import { dashboards } from './files.ts';

/** The folder `jsonschema` of the repository grafana/grafana-foundation-sdk; no registry has it. */
const DIRECTORY = process.env['OUTPOST_GRAFANA_SCHEMAS'] ?? '';
const isThere = DIRECTORY !== '' && existsSync(join(DIRECTORY, 'dashboard.jsonschema.json'));
const suffix = isThere ? '' : ' (skipped: OUTPOST_GRAFANA_SCHEMAS names no directory that holds them)';

const KINDS = ['dashboard', 'timeseries', 'stat', 'table', 'geomap', 'heatmap', 'statetimeline', 'alerting'];

const isAny = (schema: Record<string, unknown>): boolean =>
  schema['type'] === 'object' &&
  schema['properties'] === undefined &&
  JSON.stringify(schema['additionalProperties']) === '{}';

/** What the SDK's types call `any` its JSON Schemas call an object with anything in it, which a name is not. */
const withAny = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(withAny);
  if (typeof schema !== 'object' || schema === null) return schema;
  if (isAny(schema as Record<string, unknown>)) return {};
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withAny(value)]));
};

const newJudge = () => {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  for (const kind of KINDS) {
    const text = readFileSync(join(DIRECTORY, `${kind}.jsonschema.json`), 'utf8');
    ajv.addSchema({ ...(withAny(JSON.parse(text)) as object), $id: kind });
  }
  /** What is wrong; undefined where there is no schema of that name. */
  return (kind: string, definition: string, value: unknown): readonly unknown[] | undefined => {
    const check = ajv.getSchema(`${kind}#/definitions/${definition}`);
    if (check === undefined) return undefined;
    return check(value) === true ? [] : (check.errors ?? []);
  };
};

interface AnyPanel {
  readonly type: string;
  readonly title?: string;
  readonly options?: unknown;
  readonly fieldConfig?: { readonly defaults?: { readonly custom?: unknown } };
}

describe.skipIf(!isThere)(`By the JSON Schemas that Grafana publishes${suffix}`, () => {
  it.each(Object.entries(dashboards()))('%s is valid, each panel by its own kind too', (_, board) => {
    const judge = newJudge();
    const made: unknown = JSON.parse(JSON.stringify(board));
    expect(judge('dashboard', 'Dashboard', made)).toEqual([]);
    const { panels } = made as { panels: readonly AnyPanel[] };
    for (const { type, title, options, fieldConfig } of panels) {
      if (type === 'row') continue;
      const kind = type.replace('-', '');
      expect(judge(kind, 'Options', options), title).toEqual([]);
      const custom = fieldConfig?.defaults?.custom;
      // Panels without fields of their own have no schema for them.
      if (custom !== undefined) expect(judge(kind, 'FieldConfig', custom) ?? [], title).toEqual([]);
    }
  });

  it('finds what is wrong', () => {
    const judge = newJudge();
    const made = JSON.parse(JSON.stringify(dashboards().overview)) as Record<string, unknown>;
    expect(judge('dashboard', 'Dashboard', { ...made, schemaVersion: '42' })).not.toEqual([]);
    expect(judge('dashboard', 'Dashboard', { ...made, pannels: [] })).not.toEqual([]);
  });

  it('every alert rule is valid', () => {
    const judge = newJudge();
    for (const rule of alertRules()) {
      const whole = { ...rule, orgID: 1, folderUID: 'outpost', ruleGroup: 'outpost' };
      expect(judge('alerting', 'Rule', whole), rule.uid).toEqual([]);
    }
  });
});
