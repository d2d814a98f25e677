import type { Fate, Peer, Step } from '@outpost/firmware-bridge';
import { gwmpParts, gwmpWire, redecodeGwmp } from '@outpost/firmware-bridge/wires';
import { checkReading, encodeLeaf, SALT_BYTES } from '@outpost/schemas/evidence';
import {
  type DownlinkItem,
  type MonoNs,
  monoNs,
  type Order,
  type OrderId,
  toHex,
} from '@outpost/schemas/words';
import { type Random, random } from '../random/sfc32.ts';
import { DAMAGES, type Damage, drawDatagram, euiNamed, PHY, pick } from './gwmp-datagrams.ts';
import type { Resident } from './memory.ts';

export interface GwmpFuzzReport {
  readonly datagrams: number;
  readonly damages: Readonly<Record<Damage, number>>;
  readonly items: number;
  readonly observed: number;
  readonly control: number;
  readonly quarantined: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly readings: number;
  readonly orders: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly happenings: Readonly<Record<string, number>>;
  readonly strangersMost: number;
  /** After the first tenth, and at the end. */
  readonly heapMebibytes: readonly [number, number];
  readonly wrong: {
    /** Items with another number of fates than one. */
    readonly conservation: number;
    /** Readings, quarantined items or answers for somebody who may not speak. */
    readonly strangers: number;
    /** Readings that their raw bytes do not say, or that no leaf can hold. */
    readonly notRedecoded: number;
    readonly notHeld: number;
    /** Orders with none or two outcomes; those that a stranger's word settled. */
    readonly orders: number;
    readonly forged: number;
    /** Transmissions to where the gateway is not. */
    readonly diverted: number;
    /** 20 MB more of what the program holds. */
    readonly heapGrowth: number;
  };
}

type State = ReturnType<typeof gwmpParts.session>['initial'];

const GATEWAYS = 8;
const STRANGERS = 200;
const HEAP_GROWTH_MAX_MEBIBYTES = 20;
/** One reading in so many is decoded again and put into a leaf. */
const CHECKED_EVERY = 16;
const ORDER_EVERY = 500;
const ANSWER_TIMEOUT_MS = 3_000n;
const SALT = new Uint8Array(SALT_BYTES);

/** Three houses, each with some of the gateways. */
const homeOf = (gateway: number): string => `192.0.2.${gateway % 3}`;

interface Run {
  readonly chance: Random;
  readonly session: ReturnType<typeof gwmpParts.session>;
  readonly damages: Record<Damage, number>;
  readonly dropped: Record<string, number>;
  readonly outcomes: Record<string, number>;
  readonly happenings: Record<string, number>;
  readonly wrong: { -readonly [K in keyof GwmpFuzzReport['wrong']]: number };
  /** Orders without outcome, and when each was given. */
  readonly open: Map<OrderId, MonoNs>;
  /** The last transmissions, for whoever answers them. */
  readonly answerable: { readonly eui: string; readonly token: number }[];
  state: State;
  now: MonoNs;
  items: number;
  decided: number;
  observed: number;
  control: number;
  quarantined: number;
  readings: number;
  orders: number;
  strangersMost: number;
}

const tally = (counts: Record<string, number>, name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1;
};

const takeFate = (run: Run, fate: Fate): void => {
  run.decided += 1;
  if (fate.kind === 'dropped') tally(run.dropped, fate.reason);
  else run[fate.kind] += 1;
};

const checkSaid = (run: Run, { said }: Pick<Step<State, never>, 'said'>): void => {
  for (const { body, raw } of said) {
    run.readings += 1;
    if (run.readings % CHECKED_EVERY !== 0) continue;
    const key = JSON.stringify(body, plain);
    if (!redecodeGwmp(raw).some((each) => JSON.stringify(each, plain) === key)) run.wrong.notRedecoded += 1;
    if (!checkReading(body, raw).ok) run.wrong.notHeld += 1;
    else encodeLeaf({ sequence: run.readings, mono: run.now, salt: SALT, raw, body });
  }
};

const plain = (_: string, value: unknown): unknown =>
  value instanceof Uint8Array ? toHex(value) : typeof value === 'bigint' ? String(value) : value;

const takeStep = (run: Run, step: Step<State, gwmpWire.GwmpCommand>): void => {
  run.state = step.state;
  for (const fate of step.fates) takeFate(run, fate);
  checkSaid(run, step);
  for (const { id, kind, ...rest } of step.outcomes ?? []) {
    if (!run.open.delete(id)) run.wrong.orders += 1;
    tally(run.outcomes, kind === 'refused' && 'code' in rest ? rest.code : kind);
  }
  for (const { what } of step.happenings ?? []) tally(run.happenings, what);
  for (const command of step.commands) {
    gwmpWire.gwmpCodec.command.encode(command);
    if (command.kind !== 'pull-resp') continue;
    const gateway = [...run.state.gateways.values()].find(({ route }) => route?.peer === command.to);
    if (gateway === undefined || gateway.address !== command.to?.address) run.wrong.diverted += 1;
    else run.answerable.push({ eui: gateway.eui, token: command.token });
    if (run.answerable.length > 64) run.answerable.shift();
  }
};

/** Whether something came of a datagram that should have left nothing behind. */
const isHeard = ({
  said,
  fates,
  commands,
  whenKept,
  outcomes = [],
}: Step<State, gwmpWire.GwmpCommand>): boolean =>
  said.length + commands.length + whenKept.length + outcomes.length > 0 ||
  fates.some(({ kind }) => kind !== 'dropped');

const hear = (run: Run, bytes: Uint8Array, peer: Peer, mayBeHeard: boolean): void => {
  for (const { raw, result } of gwmpWire.gwmpCodec.event.decode(bytes)) {
    run.items += 1;
    const input = result.ok
      ? ({ kind: 'event', event: result.value, raw, peer } as const)
      : ({ kind: 'malformed', fault: result.fault, raw, peer } as const);
    const open = run.open.size;
    const step = run.session.step(run.state, input, run.now);
    takeStep(run, step);
    // Time makes orders end whoever speaks; nothing else may come of a stranger.
    const isDue =
      open > run.open.size &&
      (step.outcomes ?? []).every((each) => 'code' in each && each.code === 'time-out');
    if (!mayBeHeard && isHeard({ ...step, outcomes: isDue ? [] : (step.outcomes ?? []) }))
      run.wrong.strangers += 1;
  }
  if (run.items - run.decided !== run.state.waiting.length || run.state.waiting.length > 0) {
    run.wrong.conservation += 1;
    run.decided = run.items - run.state.waiting.length;
  }
  run.strangersMost = Math.max(run.strangersMost, run.state.strangers.size);
};

const item = (chance: Random): DownlinkItem => ({
  phy: PHY,
  at: chance.whole(2) === 0 ? { kind: 'immediately' } : { kind: 'count', tmst: chance.uint32() },
  frequencyHz: pick(chance, [868_100_000, 869_525_000, 915_000_000]),
  powerDbm: 14,
  modulation: { kind: 'lora', spreadingFactor: 7, bandwidthHz: 125_000, codingRate: '4/5' },
  invertPolarity: true,
  preambleSymbols: undefined,
  noCrc: true,
});

const give = (run: Run): void => {
  const { chance, session } = run;
  const id = String(run.orders) as OrderId;
  const gateway = euiNamed(chance.whole(GATEWAYS));
  const items = Array.from({ length: 1 + chance.whole(3) }, () => item(chance));
  const order: Order = { id, kind: pick(chance, ['downlink', 'beacon']), gateway, items };
  run.orders += 1;
  run.open.set(id, run.now);
  if (session.order === undefined) throw new Error('a session of gateways takes orders');
  takeStep(run, session.order(run.state, order, run.now));
};

/** Sometimes the answer to a transmission, sometimes by somebody else. */
const answer = (run: Run, isForged: boolean): void => {
  const asked = run.answerable.pop();
  if (asked === undefined) return;
  const ack = { ...gwmpWire.TAKEN, error: run.chance.whole(3) === 0 ? 'TOO_LATE' : undefined };
  const bytes = gwmpWire.gwmpCodec.event.encode({ kind: 'tx-ack', from: { version: 2, ...asked }, ack });
  const n = Number.parseInt(asked.eui.slice(-2), 16);
  const open = run.open.size;
  const before = run.outcomes['done'] ?? 0;
  hear(run, bytes, { address: isForged ? '203.0.113.66' : homeOf(n), port: 9 }, !isForged);
  if (isForged && open !== run.open.size && (run.outcomes['done'] ?? 0) !== before) run.wrong.forged += 1;
};

/** One datagram of somebody. */
const draw = (run: Run): void => {
  const { chance } = run;
  const isStranger = chance.whole(5) === 0;
  const n = isStranger ? GATEWAYS + chance.whole(STRANGERS) : chance.whole(GATEWAYS);
  // Some strangers speak in the name of a gateway.
  const eui = euiNamed(isStranger && chance.whole(3) === 0 ? chance.whole(GATEWAYS) : n);
  const address = isStranger ? `203.0.113.${n}` : homeOf(n);
  const from = {
    version: chance.whole(16) === 0 ? (1 as const) : (2 as const),
    token: chance.whole(65_536),
    eui,
  };
  const { bytes, damage } = drawDatagram(chance, from);
  run.damages[damage] += 1;
  hear(run, bytes, { address, port: 1_024 + chance.whole(8) }, !isStranger);
};

const checkOrders = (run: Run): void => {
  for (const [id, given] of run.open) {
    if (run.now - given <= (3n * ANSWER_TIMEOUT_MS + 1_000n) * 1_000_000n) continue;
    run.wrong.orders += 1;
    run.open.delete(id);
  }
};

const newRun = (seed: number): Run => {
  const allow = Array.from({ length: GATEWAYS }, (_, n) => `${euiNamed(n)}@${homeOf(n)}`);
  const options = gwmpWire.checkOptions({ allow, region: 'EU868' });
  if (!options.ok) throw new Error(options.fault.words);
  const session = gwmpParts.session(options.value);
  const none = <K extends string>(names: readonly K[]) =>
    Object.fromEntries(names.map((name) => [name, 0])) as Record<K, number>;
  const wrong = none([
    'conservation',
    'strangers',
    'notRedecoded',
    'notHeld',
    'orders',
    'forged',
    'diverted',
    'heapGrowth',
  ]);
  const counts = { items: 0, decided: 0, observed: 0, control: 0, quarantined: 0, readings: 0, orders: 0 };
  return {
    ...{
      chance: random(seed, 'gwmp'),
      session,
      damages: none(DAMAGES),
      dropped: {},
      outcomes: {},
      happenings: {},
    },
    ...{ wrong, open: new Map(), answerable: [], state: session.initial, now: monoNs(1_000_000_000n) },
    ...counts,
    strangersMost: 0,
  };
};

/** Throws what the codec or the session throws: that is what is looked for. */
export const fuzzGwmp = (
  datagrams: number,
  seed: number,
  memory: Pick<Resident, 'heapMebibytes'>,
  progress: (datagrams: number) => void,
): GwmpFuzzReport => {
  const run = newRun(seed);
  let early = 0;
  for (let n = 0; n < datagrams; n += 1) {
    if (n === Math.floor(datagrams / 10)) early = memory.heapMebibytes();
    run.now = monoNs(run.now + BigInt(run.chance.whole(1_500_000)));
    draw(run);
    if (n % ORDER_EVERY === 0) give(run);
    if (n % ORDER_EVERY === 40) answer(run, run.chance.whole(2) === 0);
    if (n % 100_000 === 0) {
      checkOrders(run);
      progress(n);
    }
  }
  const late = memory.heapMebibytes();
  if (late - early > HEAP_GROWTH_MAX_MEBIBYTES) run.wrong.heapGrowth += 1;
  const { damages, items, observed, control, quarantined, dropped, readings, orders } = run;
  const { outcomes, happenings, strangersMost, wrong } = run;
  const sum =
    observed + control + quarantined + Object.values(dropped).reduce((all, count) => all + count, 0);
  if (sum !== items) wrong.conservation += 1;
  return {
    ...{ datagrams, damages, items, observed, control, quarantined, dropped, readings, orders },
    ...{ outcomes, happenings, strangersMost, heapMebibytes: [early, late], wrong },
  };
};
