import { type MonoNs, monoAfterMs } from '@outpost/schemas/words';
import type { ChipStep } from './chips/index.ts';
import { chipBodies, chipRaw } from './meaning.ts';
import type { BoardMessage } from './message.ts';
import type { ClimateSensor } from './options.ts';
import { works } from './set-up.ts';
import { change, control, drop, type Turn } from './state.ts';
import type { ChipRun, ChipState } from './state-chip.ts';

type Reply = Extract<BoardMessage, { readonly kind: 'i2c-reply' }>;

/** A board answers within a few milliseconds, also for a chip that is not there. */
const ANSWER_MS = 1_000;

const setChip = (turn: Turn, index: number, part: Partial<ChipState>): void => {
  const chips = turn.state.chips.map((chip, at) => (at === index ? { ...chip, ...part } : chip));
  change(turn, { chips });
};

const stepsOf = ({ chip }: ClimateSensor): readonly ChipStep[] => [...chip.prepare, ...chip.measure];

/** Says nothing this time, and is asked from the beginning the next time. */
const failChip = (turn: Turn, index: number, trouble: string): void => {
  const everyMs = turn.options.climate[index]?.everyMs ?? 0;
  setChip(turn, index, {
    nextAt: monoAfterMs(turn.now, everyMs),
    frames: [],
    answers: [],
    isPrepared: false,
    run: undefined,
    trouble,
  });
};

const place = ({ chip, address }: ClimateSensor): string => `${chip.name} at 0x${address.toString(16)}`;

/** Writes up to the next pause or question; past the last step there is nothing. */
const proceed = (turn: Turn, index: number, from: number): void => {
  const sensor = turn.options.climate[index];
  if (sensor === undefined) return;
  const { address } = sensor;
  const wait = (run: Omit<ChipRun, 'isBroken' | 'until'>, ms: number): void =>
    setChip(turn, index, { run: { ...run, isBroken: false, until: monoAfterMs(turn.now, ms) } });
  const steps = stepsOf(sensor);
  for (let step = from; step < steps.length; step += 1) {
    const next = steps[step];
    if (next?.kind === 'write')
      turn.commands.push({ kind: 'i2c-write', address, bytes: Uint8Array.from(next.bytes) });
    if (next?.kind === 'wait') {
      wait({ step, isReading: false }, next.ms);
      return;
    }
    if (next?.kind === 'read') {
      turn.commands.push({ kind: 'i2c-read', address, register: next.register, count: next.count });
      wait({ step, isReading: true }, ANSWER_MS);
      return;
    }
  }
};

const usable = (turn: Turn, index: number): boolean =>
  works(turn, `climate.${turn.options.climate[index]?.name ?? ''}`);

/** One chip at a time has the bus, so that what the board says of errors is about that one. */
const onBus = (turn: Turn): number => turn.state.chips.findIndex(({ run }) => run !== undefined);

const dueAt = (turn: Turn, index: number): MonoNs => turn.state.chips[index]?.nextAt ?? turn.now;

/** The chip that has waited longest; -1 where there is none. */
const nextChip = (turn: Turn): number => {
  const waiting = [...turn.state.chips.keys()].filter((index) => usable(turn, index));
  return waiting.reduce(
    (best, index) => (best < 0 || dueAt(turn, index) < dueAt(turn, best) ? index : best),
    -1,
  );
};

/** When there is next something to do on the bus. */
export const climateAt = (turn: Turn): MonoNs | undefined => {
  if (turn.state.phase !== 'ready') return undefined;
  const busy = turn.state.chips[onBus(turn)]?.run;
  if (busy !== undefined) return busy.until;
  const next = nextChip(turn);
  return next < 0 ? undefined : dueAt(turn, next);
};

/** Does what is due on the bus. */
export const climateTurn = (turn: Turn): void => {
  const busy = onBus(turn);
  const run = turn.state.chips[busy]?.run;
  const sensor = turn.options.climate[busy];
  if (run !== undefined && sensor !== undefined) {
    if (run.until > turn.now) return;
    if (run.isReading) failChip(turn, busy, `the board gave no answer for the ${place(sensor)}.`);
    else proceed(turn, busy, run.step + 1);
    return;
  }
  const next = nextChip(turn);
  const chip = turn.state.chips[next];
  const wanted = turn.options.climate[next];
  if (chip === undefined || wanted === undefined || dueAt(turn, next) > turn.now) return;
  setChip(turn, next, { nextAt: monoAfterMs(turn.now, wanted.everyMs) });
  proceed(turn, next, chip.isPrepared ? wanted.chip.prepare.length : 0);
};

const finish = (turn: Turn, index: number, sensor: ClimateSensor, raw: Uint8Array): void => {
  const { frames, answers } = turn.state.chips[index] as ChipState;
  const values = sensor.chip.values(answers);
  if (!values.ok) {
    turn.fates.push({
      kind: 'quarantined',
      fault: { ...values.fault, where: `climate.${sensor.name}` },
      raw,
    });
    failChip(turn, index, `${place(sensor)}: ${values.fault.words}`);
    return;
  }
  const bodies = chipBodies(values.value, sensor.address);
  for (const [signal, body] of bodies)
    turn.said.push({ body, raw: chipRaw(frames, signal, sensor), origin: turn.state.origin });
  turn.fates.push(bodies.length > 0 ? { kind: 'observed' } : { kind: 'dropped', reason: 'out-of-range' });
  const prepared = sensor.chip.prepare.filter(({ kind }) => kind === 'read').length;
  setChip(turn, index, {
    frames: frames.slice(0, prepared),
    answers: answers.slice(0, prepared),
    isPrepared: true,
    run: undefined,
    trouble: undefined,
  });
};

/** An answer of the bus. */
export const takeReply = (turn: Turn, reply: Reply, raw: Uint8Array): void => {
  const index = onBus(turn);
  const chip = turn.state.chips[index];
  const sensor = turn.options.climate[index];
  const step = sensor && stepsOf(sensor)[chip?.run?.step ?? -1];
  if (chip?.run?.isReading !== true || sensor === undefined || step?.kind !== 'read') {
    drop(turn, 'unsolicited');
    return;
  }
  const isAnswer =
    reply.address === sensor.address && (step.register === undefined || reply.register === step.register);
  if (!isAnswer) {
    drop(turn, 'unsolicited');
    return;
  }
  if (chip.run.isBroken || reply.bytes.length !== step.count) {
    drop(turn, 'no-chip');
    failChip(turn, index, `the ${place(sensor)} does not answer; is it wired well, and is that its address?`);
    return;
  }
  setChip(turn, index, { frames: [...chip.frames, raw], answers: [...chip.answers, reply.bytes] });
  const isLast = chip.run.step === stepsOf(sensor).length - 1;
  if (isLast) {
    finish(turn, index, sensor, raw);
    return;
  }
  control(turn);
  proceed(turn, index, chip.run.step + 1);
};

/** StandardFirmata says in words that a chip gave fewer bytes than it should, and then sends those of the answer before. */
export const takeBusError = (turn: Turn): void => {
  const index = onBus(turn);
  const run = turn.state.chips[index]?.run;
  if (run?.isReading === true) setChip(turn, index, { run: { ...run, isBroken: true } });
};
