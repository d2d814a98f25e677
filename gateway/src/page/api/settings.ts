import { join } from 'node:path';
import { type Clock, fail, fault, ok, type Result } from '@outpost/schemas/words';
import type { BoxControls } from '../../settings/box-controls.ts';
import { openSettingsFile, SETTINGS_MAX_BYTES, type SettingsFile } from '../../settings/settings-file.ts';
import { json, type Reply, refusal, replyToFault } from '../http.ts';
import { type Api, type Routes, routesOf } from '../route.ts';

export interface SettingsParts {
  readonly clock: Clock;
  readonly dataDirectory: string;
  readonly box: BoxControls | undefined;
}

const TEXT = { type: 'string', description: 'The configuration file, as it stands.' } as const;
const VERSION = { type: 'string', maxLength: 64, description: 'Of the text that was read.' } as const;
const DONE = { type: 'application/json', shape: { type: 'object', properties: {} } } as const;

export const SETTINGS_API = {
  'GET /api/settings': {
    access: 'owner',
    words: 'The configuration, and earlier ones that can be put back.',
    gives: {
      type: 'application/json',
      shape: {
        type: 'object',
        properties: {
          text: TEXT,
          version: VERSION,
          isWritable: { type: 'boolean' },
          earlier: {
            type: 'array',
            items: {
              type: 'object',
              properties: {
                id: { type: 'string' },
                untilMs: { type: 'integer', description: 'When it was replaced, ms since 1970.' },
              },
              required: ['id', 'untilMs'],
            },
          },
        },
        required: ['text', 'version', 'isWritable', 'earlier'],
      },
    },
  },
  'GET /api/settings/schema': {
    access: 'owner',
    words: 'The JSON Schema of the configuration.',
    gives: { type: 'application/json', words: 'A JSON Schema (2020-12).' },
  },
  'POST /api/settings/check': {
    access: 'owner',
    words: 'Whether the gateway can run with a configuration; nothing is saved.',
    body: { type: 'object', properties: { text: TEXT }, required: ['text'], additionalProperties: false },
    bodyMaxBytes: 2 * SETTINGS_MAX_BYTES,
    gives: DONE,
  },
  'POST /api/settings': {
    access: 'owner',
    words:
      'Saves a configuration in the place of the version that was read, and starts the gateway anew with it.',
    body: {
      type: 'object',
      properties: { text: TEXT, version: VERSION },
      required: ['text', 'version'],
      additionalProperties: false,
    },
    bodyMaxBytes: 2 * SETTINGS_MAX_BYTES,
    gives: DONE,
  },
  'POST /api/settings/restore': {
    access: 'owner',
    words: 'Puts an earlier configuration back, and starts the gateway anew with it.',
    body: {
      type: 'object',
      properties: { id: { type: 'string', maxLength: 32 }, version: VERSION },
      required: ['id', 'version'],
      additionalProperties: false,
    },
    gives: DONE,
  },
} as const satisfies Api;

/** Until the answer has gone out. */
const RESTART_AFTER_MS = 250;

const fileOf = (box: BoxControls, { clock, dataDirectory }: SettingsParts): SettingsFile =>
  openSettingsFile({
    path: box.configPath,
    directory: join(dataDirectory, 'settings'),
    clock,
    check: async (path): Promise<Result<void>> => {
      const { code, err } = await box.outpost(['config', '--check', '--config', path]);
      if (code === 0) return ok(undefined);
      // The file that was looked at is not the one that its owner knows.
      const words = err.replaceAll(path, 'the settings');
      return fail(fault('misconfigured', 'settings.check', 'the settings', words));
    },
  });

/** The configuration as its owner sees and changes it. */
export const settingsRoutes = (parts: SettingsParts): Routes => {
  const { box, clock } = parts;
  const file = box === undefined ? undefined : fileOf(box, parts);
  const nobody = (): Reply => refusal(503, 'another program runs this gateway, and has its settings.');
  const { signal } = new AbortController();

  const done = (result: Result<void>, isNew: boolean): Reply => {
    if (!result.ok) {
      const { code, kind, words } = result.fault;
      if (code === 'settings.changed') return refusal(409, words);
      return kind === 'misconfigured' ? refusal(422, words) : replyToFault(result.fault);
    }
    if (isNew) void clock.sleep(RESTART_AFTER_MS, signal).then(() => box?.restart());
    return json({});
  };

  return routesOf(SETTINGS_API, {
    'GET /api/settings': async () => {
      if (file === undefined) return nobody();
      const settings = await file.read();
      return settings.ok ? json(settings.value) : replyToFault(settings.fault);
    },
    'GET /api/settings/schema': async () => {
      if (box === undefined) return nobody();
      const { code, out, err } = await box.outpost(['config', '--schema']);
      return code === 0 ? { status: 200, type: 'application/json', body: out } : refusal(503, err);
    },
    'POST /api/settings/check': async ({ body: { text } }) =>
      file === undefined ? nobody() : done(await file.check(text), false),
    'POST /api/settings': async ({ body: { text, version } }) =>
      file === undefined ? nobody() : done(await file.save(text, version), true),
    'POST /api/settings/restore': async ({ body: { id, version } }) =>
      file === undefined ? nobody() : done(await file.restore(id, version), true),
  });
};
