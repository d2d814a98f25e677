import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAdapter, newTally, readDevice, systemClock } from '@outpost/firmware-bridge';
import { pidByNumber, pidLength } from '@outpost/schemas/vehicle';
import { type Body, type DeviceName, elapsedMs, type MonoNs } from '@outpost/schemas/words';
import { meet } from '../devices/elm327/meeting.ts';
import type { ProfileName } from '../devices/elm327/profile.ts';
import { dialogue, modelOf } from '../devices/elm327/testing.ts';
import { ptySocket } from '../devices/pty-plug.ts';
import { serveCar } from '../devices/serve-car.ts';
import { pythonWithPeers } from '../interop/python.ts';
import { visitWithPythonObd } from '../interop/python-obd-client.ts';
import type { Bench, BenchOptions, Figure, Ratio } from './result.ts';

/** Live values of one signal each that the engine alone answers, by PID, with python-OBD's names for them. */
const POLLED: readonly (readonly [pid: string, name: string])[] = [
  ['04', 'ENGINE_LOAD'],
  ['05', 'COOLANT_TEMP'],
  ['0A', 'FUEL_PRESSURE'],
  ['0B', 'INTAKE_PRESSURE'],
  ['0C', 'RPM'],
  ['0E', 'TIMING_ADVANCE'],
  ['0F', 'INTAKE_TEMP'],
  ['10', 'MAF'],
  ['11', 'THROTTLE_POS'],
  ['2E', 'EVAPORATIVE_PURGE'],
  ['2F', 'FUEL_LEVEL'],
  ['30', 'WARMUPS_SINCE_DTC_CLEAR'],
  ['33', 'BAROMETRIC_PRESSURE'],
  ['3C', 'CATALYST_TEMP_B1S1'],
  ['43', 'ABSOLUTE_LOAD'],
  ['44', 'COMMANDED_EQUIV_RATIO'],
  ['45', 'RELATIVE_THROTTLE_POS'],
  ['46', 'AMBIANT_AIR_TEMP'],
  ['47', 'THROTTLE_POS_B'],
  ['49', 'ACCELERATOR_POS_D'],
  ['4A', 'ACCELERATOR_POS_E'],
  ['4C', 'THROTTLE_ACTUATOR'],
  ['52', 'ETHANOL_PERCENT'],
  ['5C', 'OIL_TEMP'],
];

const SIGNALS: ReadonlySet<number> = new Set(
  POLLED.map(([pid]) => pidByNumber(Number.parseInt(pid, 16))?.fields[0]?.signal ?? -1),
);

const isPolled = (body: Body): boolean => body.kind === 'number' && SIGNALS.has(body.signal);

/** As fast as it goes: what else the adapter asks for is put off beyond the measurement. */
const optionsOf = (parametersPerRequestMax: number): Readonly<Record<string, unknown>> => ({
  poll: POLLED.map(([pid]) => ({ pid, everyMs: 50 })),
  benchRequestsPerSecond: 10_000,
  parametersPerRequestMax,
  voltageEveryMs: 3_600_000,
  troubleCodesEveryMs: 3_600_000,
  identityEveryMs: 3_600_000,
});

const PER_REQUEST = [1, 6] as const;
/** By then the results of all monitors have been asked for, which is done once an hour. */
const LEARNED_AFTER_MS = 240_000;

/** PIDs a second that our adapter reads in simulated time, where nothing but dongle and car take any. */
const achieved = (profile: ProfileName, perRequest: number, forMs: number): number => {
  const met = meet(modelOf({ profile }), LEARNED_AFTER_MS + forMs, optionsOf(perRequest));
  const counted = met.said.filter(({ atMs, body }) => atMs > LEARNED_AFTER_MS && isPolled(body));
  return (counted.length * 1_000) / forMs;
};

/**
 * What the dongle allows: a program that knows all about it beforehand, asks with the right number of lines and asks
 * again at once, in simulated time.
 */
const theoretical = (profile: ProfileName, perRequest: number, forMs: number): number => {
  const talk = dialogue(modelOf({ profile }));
  for (const command of ['ATZ', 'ATE0', 'ATL0', 'ATS0', 'ATH1', 'ATAT1', 'ATSP6', '0100']) talk.ask(command);
  // Short values together: six of one byte each come in two frames, with a single longer one in three.
  const bytesOf = (pid: string): number => pidLength(Number.parseInt(pid, 16)) ?? 0;
  const shortest = POLLED.map(([pid]) => pid).toSorted((a, b) => bytesOf(a) - bytesOf(b));
  const requests: string[] = [];
  for (let at = 0; at < POLLED.length; at += perRequest) {
    const pids = shortest.slice(at, at + perRequest);
    const lines = talk.ask(`01${pids.join('')}`).split('\r').length - 2;
    requests.push(`01${pids.join('')}${lines}`);
  }
  const from = talk.nowMs();
  let answered = 0;
  for (let at = 0; talk.nowMs() - from < forMs; at += 1) {
    const reply = talk.ask(requests[at % requests.length]!);
    if (reply.startsWith('7E8')) answered += perRequest;
  }
  return (answered * 1_000) / (talk.nowMs() - from);
};

const BARS: Partial<Readonly<Record<ProfileName, readonly [single: string, packed: string]>>> = {
  clone: ['≥ 8', '≥ 25'],
  stn: ['', '≥ 100'],
};

/** Rates in simulated time, and their share of what the dongle allows. */
const rates = (profile: ProfileName, forMs: number): readonly Figure[] =>
  PER_REQUEST.flatMap((perRequest, i): readonly Figure[] => {
    const [ours, most] = [achieved(profile, perRequest, forMs), theoretical(profile, perRequest, forMs)];
    const how = `${profile}, ${perRequest === 1 ? 'one value' : `${perRequest} values`} a request`;
    const bar = BARS[profile]?.[i];
    return [
      { what: how, value: ours, unit: 'PID/s', ...(bar === undefined || bar === '' ? {} : { bar }) },
      { what: `${how}: of what the dongle allows`, value: (100 * ours) / most, unit: '%', bar: '≥ 95' },
    ];
  });

interface Line {
  readonly path: string;
  readonly baud: number;
}

/** Serves a car on a serial line while `work` is done there. */
const atDongle = async (
  profile: ProfileName,
  signal: AbortSignal,
  work: (line: Line) => Promise<number>,
): Promise<number> => {
  const clock = systemClock();
  const folder = await mkdtemp(join(tmpdir(), 'outpost-bench-'));
  const path = join(folder, 'dongle');
  const model = modelOf({ profile });
  try {
    const car = await serveCar({ model, socket: ptySocket(path, clock), clock, signal });
    if (!car.ok) throw new Error(car.fault.words);
    await using _served = car.value;
    return await work({ path, baud: model.profile.baud });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Values a second of our adapter over the serial line, from the moment when it has learned all answers. */
const ourValues = async (
  { path, baud }: Line,
  learnMs: number,
  forMs: number,
  signal: AbortSignal,
): Promise<number> => {
  const clock = systemClock();
  const adapter = (await loadAdapter('elm327'))?.adapter;
  if (adapter === undefined) throw new Error('the adapter is part of this program');
  const events = readDevice({
    adapter,
    address: `serial://${path}?baud=${baud}`,
    options: optionsOf(6),
    device: 'car' as DeviceName,
    clock,
    signal,
    tally: newTally(),
    report: () => undefined,
  });
  let firstAt: MonoNs | undefined;
  let values = 0;
  for await (const event of events) {
    if (event.kind !== 'observed') continue;
    event.observed.kept();
    const count = event.observed.readings.filter(({ body }) => isPolled(body)).length;
    if (count === 0) continue;
    const now = clock.mono();
    firstAt ??= now;
    const ms = elapsedMs(firstAt, now);
    if (ms >= learnMs) values += count;
    if (ms >= learnMs + forMs) break;
  }
  return (values * 1_000) / forMs;
};

/** Both programs at the same make of dongle, one after the other, on a serial line of this machine. */
const beside = async (
  profile: ProfileName,
  python: string,
  { quick, signal, say }: BenchOptions,
): Promise<{ readonly ratio: Ratio; readonly figures: readonly Figure[] }> => {
  const seconds = quick ? 3 : 20;
  const learnMs = quick ? 8_000 : 20_000;
  const names = POLLED.map(([, name]) => name);
  say(`python-OBD at ${profile}`);
  const theirs = await atDongle(profile, signal, async ({ path, baud }) => {
    const visit = await visitWithPythonObd({ python, path, baud, seconds, names, signal });
    return visit.values / visit.seconds;
  });
  say(`our adapter at ${profile}`);
  const ours = await atDongle(profile, signal, (line) => ourValues(line, learnMs, 1_000 * seconds, signal));
  return {
    ratio: {
      what: `our adapter to python-OBD, values a second, ${profile}`,
      ratio: ours / theirs,
      bar: '≥ 3',
    },
    figures: [
      { what: `${profile} on a serial line, our adapter`, value: ours, unit: 'values/s' },
      { what: `${profile} on a serial line, python-OBD`, value: theirs, unit: 'values/s' },
    ],
  };
};

const PROFILES: readonly ProfileName[] = ['clone', 'stn'];

/** How fast a car is read: beside python-OBD in real time, beside what the dongle allows in simulated time. */
export const run: Bench = async (options) => {
  const python = await pythonWithPeers(options.signal);
  if (!python.ok) throw new Error(python.fault.words);
  const ratios: Ratio[] = [];
  const figures: Figure[] = [];
  for (const profile of PROFILES) {
    const compared = await beside(profile, python.value, options);
    ratios.push(compared.ratio);
    figures.push(...compared.figures);
    options.say(`${profile} in simulated time`);
    figures.push(...rates(profile, options.quick ? 10_000 : 60_000));
  }
  return { name: 'obd', ratios, figures };
};
