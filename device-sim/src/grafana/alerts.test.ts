import { newTally } from '@outpost/firmware-bridge';
import {
  type GatewayNow,
  type Influx,
  newStoreTally,
  type Point,
  type RunningInflux,
  realInflux,
  runInflux,
  type SelfNow,
  type StoreRecord,
  selfPoints,
} from '@outpost/gateway';
import { GATEWAY_SIGNALS } from '@outpost/schemas/radio';
import { signalByName } from '@outpost/schemas/vehicle';
import { type Body, type ClockAnchor, monoNs, wallNs } from '@outpost/schemas/words';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALERTS } from './alerts.ts';
import { alertRules } from './expand.ts';
import { type Judged, judgeAlert } from './judge-alert.ts';
import { store, writeAll } from './scene/fill.ts';
import { monoAt, NS_PER_MS, recordsOf } from './scene/said.ts';
import { gatewayAt } from './scene/self.ts';

const signal = new AbortController().signal;
const found = await realInflux(signal);
const suffix = found.ok ? '' : ` (skipped: ${found.fault.words})`;

const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;
const GIB = 2 ** 30;
const nowMs = Math.floor(performance.timeOrigin / 1_000) * 1_000;

/** The moment at which every stream of these tests began. */
const BEGAN_S = 8 * DAY_S;
const began: ClockAnchor = {
  wall: wallNs(BigInt(nowMs - BEGAN_S * 1_000) * NS_PER_MS),
  mono: monoNs(0n),
  trust: 'ntp',
};

type Told = readonly [agoS: number, body: Body];

const by = (device: string, ...told: readonly Told[]): readonly StoreRecord[] =>
  recordsOf(
    {
      stream: `${device}/telemetry`,
      said: told.map(([agoS, body]) => ({ ms: (BEGAN_S - agoS) * 1_000, body })),
    },
    began,
  );

const numberOf = (id: number | undefined, mantissa: number, ecu = 0): Body => {
  if (id === undefined) throw new Error('there is no such signal');
  return { kind: 'number', signal: id, mantissa, ecu };
};

const VOLTAGE = signalByName('Vehicle.LowVoltageBattery.CurrentVoltage');
const volts = (value: number): Body =>
  numberOf(VOLTAGE?.id, Math.round(value * 10 ** (VOLTAGE?.decimals ?? 0)));
const intact = (count: number, ecu: number): Body => numberOf(GATEWAY_SIGNALS.receivedOk.id, count, ecu);
const codes = (ecu: number, ...list: readonly string[]): Body => ({
  kind: 'codes',
  status: 'stored',
  codes: list,
  ecu,
});

const receipt = (network: string, verdict: 'settled' | 'refused', code: string): StoreRecord => ({
  kind: 'receipt',
  network,
  device: 'car',
  stream: 'car/telemetry',
  verdict,
  code,
  words: 'as the network says it',
  attestation: 'ab'.repeat(32),
  wall: wallNs(BigInt(nowMs - HOUR_S * 1_000) * NS_PER_MS),
  ordinal: 7n,
});

type Self = Partial<Omit<GatewayNow, 'networks'>> & {
  readonly agoS?: number;
  readonly devices?: SelfNow['devices'];
};

/** The box's own numbers a minute ago, well but for what is said. */
const self = (
  { agoS = MINUTE_S, devices = [], ...over }: Self,
  networks: SelfNow['networks'] = [],
): readonly Point[] =>
  selfPoints(wallNs(BigInt(nowMs - agoS * 1_000) * NS_PER_MS), {
    gateway: { ...gatewayAt(HOUR_S * 1_000, 1_000, 10, () => 0), ...over },
    devices,
    networks,
  });

const network = (name: string, waitingS: number | undefined): SelfNow['networks'][number] => ({
  now: monoAt(10 * HOUR_S * 1_000),
  view: {
    name,
    settled: 1,
    refused: 0,
    expired: 0,
    unknown: 0,
    withheld: 0,
    pending: waitingS === undefined ? 0 : 5,
    unsent: {},
    waitingSince: waitingS === undefined ? undefined : monoAt((10 * HOUR_S - waitingS) * 1_000),
  },
});

const device = (name: string, lastS: number | undefined): SelfNow['devices'][number] => ({
  nowMs,
  unsent: 0,
  view: {
    name,
    connected: true,
    lastReadingAt: lastS === undefined ? undefined : new Date(nowMs - lastS * 1_000).toISOString(),
    tally: newTally(),
  },
});

const writes = (...looks: readonly (readonly [agoS: number, bytes: number])[]): readonly Point[] =>
  looks.flatMap(([agoS, writtenBytes]) => {
    const { journal } = gatewayAt(0, 0, 0, () => 0);
    return self({ agoS, journal: { ...journal, writtenBytes } });
  });

interface Case {
  readonly uid: string;
  readonly of: string;
  readonly points?: readonly Point[];
  readonly records?: readonly StoreRecord[];
  /** Labels of what fires; of the box itself: none. */
  readonly fires: readonly Readonly<Record<string, string>>[];
}

const record = gatewayAt(0, 0, 0, () => 0).record;

const CASES: readonly Case[] = [
  {
    uid: 'outpost-unsent',
    of: 'a network that has been tried for two hours, beside one tried for a minute and one where nothing waits',
    points: self({}, [network('away', 2 * HOUR_S), network('slow', MINUTE_S), network('fine', undefined)]),
    fires: [{ network: 'away' }],
  },
  {
    uid: 'outpost-silent',
    of: 'a device silent for two hours, beside one that speaks and one that has never spoken',
    points: self({ devices: [device('gone', 2 * HOUR_S), device('here', 10), device('new', undefined)] }),
    fires: [{ device: 'gone' }],
  },
  {
    uid: 'outpost-deaf',
    of: 'a radio that counts no intact frame, beside one that counts some now and then',
    records: by(
      'hotspot',
      ...[25, 20, 15, 10, 5].flatMap((agoMinutes): readonly Told[] => [
        [agoMinutes * MINUTE_S, intact(0, 0x101)],
        [agoMinutes * MINUTE_S, intact(agoMinutes === 15 ? 2 : 0, 0x102)],
      ]),
      [2 * HOUR_S, intact(0, 0x103)],
    ),
    fires: [{ device: 'hotspot', ecu: '101' }],
  },
  { uid: 'outpost-clock', of: 'a clock that is not set', points: self({ trust: 'none' }), fires: [{}] },
  { uid: 'outpost-clock', of: 'a clock that is', points: self({ trust: 'ntp' }), fires: [] },
  {
    uid: 'outpost-dead-letters',
    of: 'one record that InfluxDB refused',
    points: self({ store: { ...newStoreTally(), deadLettered: 1 } }),
    fires: [{}],
  },
  { uid: 'outpost-dead-letters', of: 'none', points: self({}), fires: [] },
  { uid: 'outpost-store-away', of: 'nothing that arrives', points: self({ agoS: HOUR_S }), fires: [{}] },
  { uid: 'outpost-store-away', of: 'something that does', points: self({}), fires: [] },
  {
    uid: 'outpost-card',
    of: 'three GiB in a day, the program begun anew in between',
    points: writes([20 * HOUR_S, 0], [11 * HOUR_S, 1.5 * GIB], [10 * HOUR_S, 0], [HOUR_S, 1.5 * GIB]),
    fires: [{}],
  },
  {
    uid: 'outpost-card',
    of: 'one GiB in a day after many',
    points: writes([30 * HOUR_S, 40 * GIB], [20 * HOUR_S, 49 * GIB], [HOUR_S, 50 * GIB]),
    fires: [],
  },
  {
    uid: 'outpost-battery',
    of: 'a battery that sank and was left alone for ten hours, beside one that only dipped at the start',
    records: [
      ...by('flat', [11 * HOUR_S, volts(12.6)], [10 * HOUR_S, volts(12)]),
      ...by('driven', [10 * MINUTE_S, volts(12.7)], [9 * MINUTE_S, volts(10.1)], [8 * MINUTE_S, volts(14.2)]),
    ],
    fires: [{ device: 'flat' }],
  },
  {
    uid: 'outpost-fault-code',
    of: 'a code that was not there three days ago, beside a known one, a cleared one, and a second unit without any',
    records: [
      ...by(
        'sick',
        [3 * DAY_S, codes(0x7e8)],
        [3 * DAY_S, codes(0x7e9)],
        [HOUR_S, codes(0x7e8, 'P0301')],
        [HOUR_S, codes(0x7e9)],
      ),
      ...by('known', [3 * DAY_S, codes(0x7e8, 'P0420')], [HOUR_S, codes(0x7e8, 'P0420')]),
      ...by('repaired', [3 * DAY_S, codes(0x7e8, 'P0420')], [HOUR_S, codes(0x7e8)]),
    ],
    fires: [{ device: 'sick', ecu: '7E8', status: 'stored' }],
  },
  {
    uid: 'outpost-fork',
    of: 'a refusal for a fork, beside one for something else and a receipt',
    records: [
      receipt('strict', 'refused', 'fork'),
      receipt('other', 'refused', 'broken-chain'),
      receipt('kind', 'settled', ''),
    ],
    fires: [{ network: 'strict', device: 'car' }],
  },
  {
    uid: 'outpost-lost',
    of: 'two readings of which nobody knows',
    points: self({ record: { ...record, made: 100, kept: 98 } }),
    fires: [{}],
  },
  {
    uid: 'outpost-lost',
    of: 'readings that are kept, refused or on their way',
    points: self({ record: { ...record, made: 100, kept: 90, waiting: 6, refused: new Map([['full', 4]]) } }),
    fires: [],
  },
];

describe("Grafana's alerts", () => {
  it('each have a case that fires', () => {
    const firing = CASES.filter(({ fires }) => fires.length > 0).map(({ uid }) => uid);
    expect(firing.sort()).toEqual(ALERTS.map(({ uid }) => uid).sort());
  });

  it('are whole rules: what they name exists, and times that Grafana reads', () => {
    for (const { title, condition, data, noDataState, execErrState, ...rule } of alertRules()) {
      expect(
        data.map(({ refId }) => refId),
        title,
      ).toContain(condition);
      expect(rule.for, title).toMatch(/^\d+s$/);
      expect(['OK', 'Alerting'], title).toContain(noDataState);
      expect(['Error', 'Alerting'], title).toContain(execErrState);
    }
  });
});

describe.skipIf(!found.ok)(`An alert, by what a real InfluxDB answers${suffix}`, () => {
  let running: RunningInflux;
  beforeAll(async () => {
    if (found.ok) running = await runInflux(found.value.path);
  }, 60_000);
  afterAll(() => running?.end(), 60_000);

  const told = async (database: string, { points = [], records = [] }: Case): Promise<Influx> => {
    await running.prepare(database);
    const influx = running.connect(database);
    if (records.length > 0) await store(running, influx, { database, records }, signal);
    await writeAll(influx, points, signal);
    return influx;
  };

  const firing = (judged: readonly Judged[], noDataState: string): Case['fires'] =>
    judged.length === 0 && noDataState === 'Alerting'
      ? [{}]
      : judged.filter(({ fires }) => fires).map(({ labels }) => labels);

  it.each(CASES.map((each, index) => [each.uid, each.of, each, index] as const))(
    '%s is right about %s',
    async (uid, _, asked, index) => {
      const rule = alertRules().find((each) => each.uid === uid);
      if (rule === undefined) throw new Error(`there is no rule ${uid}`);
      const influx = await told(`alert${index}`, asked);
      expect(firing(await judgeAlert(influx, rule, nowMs, signal), rule.noDataState)).toEqual(asked.fires);
    },
  );
});
