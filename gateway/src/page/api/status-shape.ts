import type { ObjectShape } from '../shape.ts';

const TEXT = { type: 'string' } as const;
const COUNT = { type: 'integer', minimum: 0 } as const;
const COUNTS = { type: 'object', properties: {}, description: 'Counts by their names.' } as const;

const listOf = (properties: ObjectShape['properties'], required: readonly string[]) =>
  ({ type: 'array', items: { type: 'object', properties, required } }) as const;

/** What a script may lean on of `outpost status --json`; more may stand in it. Counters run since the start. */
export const STATUS: ObjectShape = {
  type: 'object',
  properties: {
    version: TEXT,
    pid: COUNT,
    at: { ...TEXT, description: "When this was so, by the box's clock." },
    startedAt: TEXT,
    upSeconds: COUNT,
    rssMebibytes: COUNT,
    dataDirectory: TEXT,
    gatewayKey: TEXT,
    keyKind: TEXT,
    clockTrust: TEXT,
    devices: listOf({ name: TEXT, adapter: TEXT, port: TEXT, connected: { type: 'boolean' } }, [
      'name',
      'adapter',
      'port',
      'connected',
    ]),
    attached: listOf(
      {
        address: TEXT,
        certainty: { type: 'string', enum: ['known', 'possible', 'seen'] },
        couldBe: { type: 'array', items: TEXT },
        words: TEXT,
        device: { ...TEXT, description: 'Which device of the configuration it is; empty where it is none.' },
        sinceMs: { ...COUNT, description: 'When it was plugged in; 0 where it was there from the start.' },
      },
      ['address', 'certainty', 'couldBe', 'words', 'device', 'sinceMs'],
    ),
    hears: { type: 'object', properties: {}, description: 'By device: what the hotspots behind it hear.' },
    downlinks: { type: 'object', properties: {}, description: 'By device: frames it was told to send.' },
    record: {
      type: 'object',
      properties: { made: COUNT, kept: COUNT, waiting: COUNT, refused: COUNTS },
      required: ['made', 'kept', 'waiting', 'refused'],
    },
    journal: {
      type: 'object',
      properties: { start: TEXT, end: TEXT, bytes: COUNT, segments: COUNT, roomBytes: COUNT, damaged: COUNT },
      required: ['start', 'end', 'bytes', 'segments', 'roomBytes', 'damaged'],
    },
    attest: {
      type: 'object',
      properties: { attestations: COUNT, readings: COUNT, unreadable: COUNT, keyless: COUNT },
      required: ['attestations', 'readings', 'unreadable', 'keyless'],
    },
    store: {
      type: 'object',
      properties: {
        state: TEXT,
        words: TEXT,
        made: COUNT,
        stored: COUNT,
        deadLettered: COUNT,
        waiting: COUNT,
      },
      required: ['state', 'words', 'made', 'stored', 'deadLettered', 'waiting'],
    },
    networks: listOf(
      {
        ...{ name: TEXT, kind: TEXT, url: TEXT, settled: COUNT, refused: COUNT, pending: COUNT, words: TEXT },
        unsent: { type: 'object', properties: {} },
        links: listOf({ name: TEXT, state: TEXT, words: TEXT, sent: COUNT, lastHeardAt: TEXT }, [
          'name',
          'state',
          'words',
          'sent',
        ]),
      },
      ['name', 'kind', 'url', 'settled', 'refused', 'pending', 'words'],
    ),
    tasks: listOf({ name: TEXT, state: TEXT, restarts: COUNT }, ['name', 'state', 'restarts']),
  },
  required: [
    'version',
    'at',
    'startedAt',
    'upSeconds',
    'gatewayKey',
    'keyKind',
    'clockTrust',
    'devices',
    'attached',
    'hears',
    'downlinks',
    'record',
    'journal',
    'attest',
    'store',
    'networks',
    'tasks',
  ],
};
