import { newTally } from '@outpost/firmware-bridge';
import { describe, expect, it } from 'vitest';
import { newRecordTally } from '../record/tally.ts';
import { accountsOf, type Check, healthOf } from './health.ts';
import { type Status, statusJson } from './status.ts';

const DEVICE = {
  name: 'car',
  adapter: 'elm327',
  port: 'serial:///dev/ttyUSB0?baud=38400',
  connected: true,
  remark: '',
  status: { phase: 'polling', words: 'asks the car.', facts: {} },
  lastReadingAt: undefined,
  refusing: '',
  happenings: [],
  happened: new Map(),
  untold: 0,
  tally: newTally(),
};

const NETWORK = {
  name: 'sim',
  kind: 'outpost',
  url: 'http://127.0.0.1:9',
  settled: 3,
  refused: 0,
  expired: 0,
  unknown: 0,
  withheld: 0,
  pending: 0,
  waitingSince: undefined,
  words: '',
  refusal: '',
};

const WELL = {
  version: '0.1.0',
  upSeconds: 60,
  rssMebibytes: 80,
  keyKind: 'file',
  clockTrust: 'ntp',
  devices: [DEVICE],
  broker: undefined,
  record: newRecordTally(),
  journal: { bytes: 1, segments: 1, roomBytes: 1 << 30, damaged: 0, unread: {} },
  attest: { attestations: 1, readings: 1, unreadable: 0, keyless: 0 },
  store: {
    state: 'writing',
    words: 'as configured',
    made: 5,
    stored: 5,
    deadLettered: 0,
    waiting: 0,
    rollup: '',
  },
  networks: [NETWORK],
  tasks: [],
};

/** As a page gets it: through JSON. */
const checksOf = (changes: object): readonly Check[] =>
  healthOf(JSON.parse(statusJson({ ...WELL, ...changes } as unknown as Status)) as Status);

const badOf = (changes: object): readonly Check[] =>
  checksOf(changes).filter(({ state }) => state !== 'good');

describe('the health of a box', () => {
  it('has nothing to say of a box that is well', () => {
    expect(badOf({})).toEqual([]);
    expect(checksOf({}).length).toBeGreaterThan(6);
  });

  it.each<[string, object, Check['state'], RegExp]>([
    ['a device that is away', { devices: [{ ...DEVICE, connected: false }] }, 'wrong', /plugged in\?/],
    [
      'a dongle out of reach',
      { devices: [{ ...DEVICE, connected: false, port: 'tcp://10.0.0.9:1' }] },
      'wrong',
      /in reach/,
    ],
    [
      'a device that connects by itself',
      { devices: [{ ...DEVICE, connected: false, port: 'broker:' }] },
      'wrong',
      /enrolment/,
    ],
    [
      'readings that are refused',
      { devices: [{ ...DEVICE, refusing: 'the disk is full.' }] },
      'wrong',
      /Make room/,
    ],
    [
      'a network that is away',
      { networks: [{ ...NETWORK, pending: 2, words: 'away.' }] },
      'wrong',
      /Nothing is lost/,
    ],
    ['simulated readings', { networks: [{ ...NETWORK, withheld: 2 }] }, 'note', /acceptSimulated/],
    ['a full disk', { journal: { ...WELL.journal, roomBytes: 1 << 20 } }, 'wrong', /refused/],
    ['a bad card', { journal: { ...WELL.journal, damaged: 1 } }, 'wrong', /replace it/],
    ['a lost key', { attest: { ...WELL.attest, keyless: 1 } }, 'wrong', /keys import/],
    [
      'a database that is away',
      { store: { ...WELL.store, state: 'waiting', words: 'away.' } },
      'wrong',
      /Nothing is lost/,
    ],
    ['a clock that nobody sets', { clockTrust: 'none' }, 'note', /chrony/],
    ['a demo key', { keyKind: 'demo' }, 'note', /keyKind/],
    ['no device', { devices: [] }, 'note', /outpost discover/],
    [
      'a task that died',
      { tasks: [{ name: 'store', state: 'waiting', restarts: 1, setAside: 0, lastWords: 'a bug.' }] },
      'wrong',
      /begun again/,
    ],
    [
      'a broker whose port is taken',
      { broker: { state: 'waiting', words: 'taken.', addresses: [], enrolled: 0 } },
      'wrong',
      /port/,
    ],
  ])('says of %s what can be done', (_, changes, state, fix) => {
    const bad = badOf(changes);
    expect(bad.map((check) => check.state)).toContain(state);
    expect(bad.map((check) => check.fix).join(' ')).toMatch(fix);
    for (const { words } of bad) expect(words).toMatch(/\S\.$/);
    // The worst stands first.
    expect(checksOf(changes)[0]).toEqual(bad[0]);
  });

  it('adds up what came in and what became of it, and says where that cannot be', () => {
    const tally = {
      ...newTally(),
      items: 10,
      observed: 6,
      control: 1,
      quarantined: 1,
      dropped: new Map([['echo', 1]]),
    };
    const status = { ...WELL, devices: [{ ...DEVICE, tally }] };
    const [frames] = accountsOf(JSON.parse(statusJson(status as unknown as Status)) as Status);
    expect(frames).toMatchObject({ what: 'Frames of car', made: 10, underWay: 1 });
    const more = badOf({ store: { ...WELL.store, made: 4 } });
    expect(more.map(({ words }) => words)).toEqual(['Points: 1 more came out than went in.']);
  });
});
