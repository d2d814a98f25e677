/**
 * A gateway of one car without its devices: makes status messages on a simulated clock, signs each by itself, and
 * brings them to DIMO, until it is killed or done. Started by dimo-outage.ts as
 *
 *     node device-sim/dist/soak/dimo-outage-child.js CONFIG record|drain MESSAGES
 *
 * Says `m NUMBER` for each message that is signed and durable, and `d` when everything is settled.
 */
import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import {
  newNetworkView,
  newRecordTally,
  type Opened,
  openDeliver,
  openLog,
  openNetwork,
  openParts,
  openRecorder,
  originOfKind,
  platformHash,
} from '@outpost/gateway';
import { parseConfig } from '@outpost/schemas/config';
import { decodeLeaf } from '@outpost/schemas/evidence';
import {
  type Clock,
  type DeviceName,
  elapsedMs,
  type Fault,
  type Observation,
  wallNs,
} from '@outpost/schemas/words';
import { must } from '../network/rig.ts';
import { type DrivenClock, drivenClock } from './driven-clock.ts';
import { fastClock } from './fast-clock.ts';

/** As DIMO's own agent sends. */
export const MESSAGE_EVERY_MS = 20_000;
/** 2027: where the simulated week begins. */
export const WEEK_START_NS = 1_800_000_000_000_000_000n;
/** While it catches up: its pauses are short, and its deadlines still long enough for a busy machine. */
const DRAIN_SPEED = 4;
/** Row of the odometer, in tenths of a kilometre. */
const ODOMETER = 21;
/** Messages that are on their way to the disk together. */
const BLOCK = 64;

const say = (line: string): void => {
  writeSync(1, `${line}\n`);
};

const NEVER = new AbortController().signal;

/** Messages that stand in the journal: the odometer counts them. */
const recorded = async ({ journal }: Opened): Promise<number> => {
  let last = 0;
  for await (const { kind, bytes } of journal.read(journal.start, journal.end)) {
    const leaf = originOfKind(kind) === undefined ? undefined : decodeLeaf(bytes);
    if (leaf?.ok !== true || leaf.value.body.kind !== 'number' || leaf.value.body.signal !== ODOMETER)
      continue;
    last = Math.max(last, leaf.value.body.mantissa);
  }
  return last;
};

const readingOf = (number: number, clock: Clock): Observation => ({
  raw: Uint8Array.of(0x41),
  mono: clock.mono(),
  origin: 'live',
  body: { kind: 'number', signal: ODOMETER, mantissa: number, ecu: 0x7e8 },
});

const open = async (path: string, clock: Clock) => {
  const config = must(parseConfig(JSON.parse(readFileSync(path, 'utf8')), path));
  const log = openLog({ clock, write: () => undefined, style: 'time', repeatAfterMs: 60_000 });
  const broken = (error: unknown): void => {
    throw error;
  };
  const opened = must(await openParts({ config, clock, log, signal: NEVER }, broken));
  const [network] = config.networks;
  if (network === undefined) throw new Error('one network is configured');
  const made = must(
    await openNetwork('dimo', network, {
      clock,
      directory: join(config.dataDirectory, 'networks', network.name),
      keyRecords: () => opened.ring.records(),
      signed: () => Promise.resolve(undefined),
      order: opened.orders.give,
      alarm: (why: Fault) => void process.stderr.write(`${why.where}: ${why.words}\n`),
    }),
  );
  if (made.follows !== 'attestations') throw new Error('DIMO follows attestations');
  const view = newNetworkView(network);
  const deliver = openDeliver({
    journal: opened.journal,
    clock,
    hash: platformHash,
    network: made,
    reader: `deliver:${network.name}`,
    acceptSimulated: false,
    view,
  });
  return { opened, deliver, view };
};

/** How fast the clock goes on while the disk is at work, so that what waits for it does not wait long. */
const WAIT_SPEED = 5;

/** Lets the clock go on while something is awaited. */
const pumped = async <T>(clock: DrivenClock, wanted: Promise<T>): Promise<T> => {
  const machine = systemClock();
  const [begunMs, begun] = [clock.nowMs(), machine.mono()];
  let isOpen = true;
  const ended = wanted.finally(() => {
    isOpen = false;
  });
  while (isOpen) {
    await clock.settle();
    clock.moveTo(begunMs + elapsedMs(begun, machine.mono()) * WAIT_SPEED);
  }
  return await ended;
};

/** The outage: one message every 20 seconds of its clock, while the follower tries in vain. */
const record = async (path: string, messages: number, clock: DrivenClock): Promise<void> => {
  const { opened, deliver } = await pumped(clock, open(path, clock));
  const { attest, journal, reason, run, room } = opened;
  void deliver.run(NEVER);
  const recorder = openRecorder({
    device: 'car' as DeviceName,
    lane: 'telemetry',
    authenticated: 'wired',
    reason,
    journal,
    run,
    tally: newRecordTally(),
    admit: room.admit,
  });
  const observe = (number: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const readings = [readingOf(number, clock)];
      const refused = ({ words }: Fault): void => reject(new Error(words));
      recorder.observe({ readings, quarantined: [], isAwaited: true, kept: resolve, refused }).catch(reject);
    });
  for (let first = (await pumped(clock, recorded(opened))) + 1; first <= messages; first += BLOCK) {
    const last = Math.min(first + BLOCK - 1, messages);
    const kept: Promise<void>[] = [];
    for (let number = first; number <= last; number += 1) {
      clock.moveTo(number * MESSAGE_EVERY_MS);
      kept.push(observe(number));
    }
    await pumped(clock, Promise.all(kept));
    await pumped(clock, attest.catchUp(journal.end, NEVER));
    say(`m ${last}`);
  }
  say('d');
};

const drain = async (path: string, messages: number): Promise<void> => {
  const wall = WEEK_START_NS + BigInt(messages * MESSAGE_EVERY_MS) * 1_000_000n;
  const clock = fastClock({ begun: systemClock().mono(), wall: wallNs(wall), speed: DRAIN_SPEED });
  const { opened, deliver, view } = await open(path, clock);
  for (;;) {
    if (await deliver.finish(opened.journal.end, NEVER)) break;
    await clock.sleep(1_000, NEVER);
  }
  await opened.journal[Symbol.asyncDispose]();
  say(`d ${JSON.stringify({ refused: view.refused, unknown: view.unknown, withheld: view.withheld })}`);
};

const main = async ([path = '', phase = '', messages = '0']: readonly string[]): Promise<void> => {
  if (phase === 'drain') await drain(path, Number(messages));
  else await record(path, Number(messages), drivenClock());
};

if (process.argv[1]?.endsWith('dimo-outage-child.js')) {
  await main(process.argv.slice(2));
  process.exit(0);
}
