import { CHANNEL } from '../../car/channels.ts';
import { heardTraffic } from '../../car/network.ts';
import { drawAt } from '../../random/draw-at.ts';
import { inForce } from '../faults.ts';
import { scattered } from './bench.ts';
import { atReply } from './commands/at.ts';
import type { Effect, Reply } from './commands/reply.ts';
import { stReply } from './commands/st.ts';
import { exchange } from './exchange.ts';
import { losses } from './losses.ts';
import { listening } from './monitor.ts';
import { printEvent, printOpen, printPrompt, printReturns, wireMs } from './print.ts';
import type { Settings } from './settings.ts';
import { counted, type DongleModel, type DongleState, restarted } from './state.ts';
import { momentNow, unitsNow } from './units.ts';
import type { Command, Event, Request } from './wire.ts';

const UNKNOWN: Event = { kind: 'trouble', trouble: 'unknown-command', groups: [] };

const lineEvent = (text: string): Event => (text === 'OK' ? { kind: 'ok' } : { kind: 'text', text });

const draw = (model: DongleModel, state: DongleState, use: number): number =>
  drawAt(model.car.seed, CHANNEL.adapter * 16 + use, state.tally.commands);

/** Scripted late prompts, and those that a cheap dongle has by itself. */
const promptDelayMs = (model: DongleModel, state: DongleState, atMs: number): number => {
  const { profile } = model;
  const scripted = inForce(state.script, 'late-prompt', atMs)?.delayMs ?? 0;
  const own = draw(model, state, 4) < profile.latePromptChance;
  return scripted + (own ? scattered(profile.latePrompt, draw(model, state, 5)) : 0);
};

const refuse = (state: DongleState, atMs: number): DongleState =>
  printPrompt(printEvent(state, UNKNOWN, atMs), atMs);

/** A warm start keeps the serial rate, a reset does not. */
const restart = (model: DongleModel, state: DongleState, atMs: number, warm: boolean): DongleState => {
  const { profile } = model;
  const untilMs = atMs + (warm ? profile.resetMs / 8 : profile.resetMs);
  const started = restarted(model, state);
  const baud = warm ? state.baud : started.baud;
  let next: DongleState = { ...started, baud, busy: { kind: 'reset', untilMs } };
  next = printReturns(next, 2, untilMs);
  next = printEvent(next, { kind: 'text', text: warm ? profile.banner : profile.greeting }, untilMs);
  return printPrompt(next, untilMs);
};

/** The chip lets its last byte leave and the program follow before it speaks at the new rate. */
const NEW_RATE_AFTER_MS = 25;

/** `OK` and, unless the rate is only tried, the prompt still leave with the old rate. */
const changeBaud = (
  model: DongleModel,
  state: DongleState,
  { baud, onTrial }: Extract<Effect, { kind: 'baud' }>,
  atMs: number,
): DongleState => {
  if (!onTrial) return { ...printPrompt(state, atMs), baud };
  const name = model.profile.stn === undefined ? model.profile.banner : model.profile.stn.firmware;
  const saysMs = state.freeAtMs + NEW_RATE_AFTER_MS;
  const said = printEvent({ ...state, baud }, { kind: 'text', text: name }, saysMs);
  const untilMs = said.freeAtMs + state.settings.handshakeMs;
  return { ...said, busy: { kind: 'baud-trial', untilMs, before: state.baud } };
};

const effects = (
  model: DongleModel,
  state: DongleState,
  effect: Effect | undefined,
  atMs: number,
): DongleState => {
  switch (effect?.kind) {
    case undefined:
      return printPrompt(state, atMs);
    case 'sleep':
      if (effect.afterS === 0) return { ...state, busy: { kind: 'asleep' }, sleep: asleep(state, 'CMD') };
      return printPrompt(
        { ...state, sleep: { ...state.sleep, atMs: state.nowMs + effect.afterS * 1_000 } },
        atMs,
      );
    case 'monitor':
      return { ...state, busy: listening(atMs) };
    case 'lock-up':
      return { ...state, busy: { kind: 'locked-up' } };
    case 'reset':
      return restart(model, state, atMs, false);
    case 'warm-start':
      return restart(model, state, atMs, true);
    case 'baud':
      return changeBaud(model, state, effect, atMs);
    case 'request': {
      const { header, timeoutMs } = effect;
      const own: Settings = {
        ...state.settings,
        header: header ?? state.settings.header,
        timeoutMs: timeoutMs ?? state.settings.timeoutMs,
      };
      const lines = effect.lines === undefined ? {} : { lines: effect.lines };
      return obeyRequest(model, state, { kind: 'request', bytes: effect.bytes, ...lines }, own, atMs);
    }
  }
};

const asleep = ({ sleep }: DongleState, cause: string): DongleState['sleep'] => ({
  ...sleep,
  lastSleep: cause,
  atMs: undefined,
});

const obeyChip = (
  model: DongleModel,
  state: DongleState,
  text: string,
  baseMs: number,
  replyOf: typeof atReply,
): DongleState => {
  const { car, settings, memory, baud, sleep } = state;
  const atMs = baseMs + scattered(model.profile.command, draw(model, state, 6));
  const reply: Reply | undefined = replyOf(
    {
      profile: model.profile,
      settings,
      memory,
      baud,
      supplyVolts: car.supply.volts,
      ignitionOn: car.ignition !== 'off',
      lastSleep: sleep.lastSleep,
      lastWake: sleep.lastWake,
    },
    text,
  );
  if (reply === undefined) return refuse(state, atMs);
  let next: DongleState = { ...state, settings: reply.settings, memory: reply.memory };
  for (const line of reply.lines) next = printEvent(next, lineEvent(line), atMs);
  return effects(model, next, reply.effect, atMs);
};

/** A protocol that searching found is what the next search begins with, unless `ATM0`. */
const remembering = (state: DongleState, found: string | undefined): DongleState => {
  const { memory } = state;
  if (found === undefined || !memory.remembers || !memory.auto) return state;
  return { ...state, memory: { ...memory, protocol: found } };
};

const obeyRequest = (
  model: DongleModel,
  state: DongleState,
  request: Request,
  settings: Settings,
  baseMs: number,
): DongleState => {
  const { nowMs, script } = state;
  const { profile } = model;
  const { lines, doneMs, found, awake, rhythmMs, sent, answeredMs } = exchange(
    {
      profile,
      settings,
      protocol: model.protocol,
      units: unitsNow(model, state),
      moment: momentNow(state),
      number: state.tally.requests,
      rhythmMs: state.rhythmMs,
      restedMs: baseMs - state.answeredAtMs,
      inForce: (what) => inForce(script, what, nowMs),
    },
    request,
  );
  const glued = draw(model, state, 7) < profile.glueChance;
  const lost = losses(model, counted(state, { requests: 1 }), lines);
  let next = remembering(lost.state, found);
  if (sent) next = { ...next, car: heardTraffic(next.car) };
  let opened = false;
  for (const { atMs, event, open = false } of lost.lines) {
    if (opened && !open) next = printReturns(next, 1, baseMs + atMs);
    next = (open || glued ? printOpen : printEvent)(next, event, baseMs + atMs);
    opened = open;
  }
  const promptMs = Math.max(baseMs + doneMs, next.freeAtMs);
  next = printPrompt(next, promptMs + promptDelayMs(model, next, promptMs), glued);
  const answeredAtMs = answeredMs === undefined ? state.answeredAtMs : baseMs + answeredMs;
  const after = { found, awake, rhythmMs, answeredAtMs };
  return { ...next, busy: { kind: 'request', untilMs: next.freeAtMs, after } };
};

/** Does what a command of so many bytes says. The command has been counted. */
export const obey = (
  model: DongleModel,
  state: DongleState,
  command: Command,
  bytes: number,
): DongleState => {
  const again = command.kind === 'repeat' ? state.last : command;
  const known = { ...state, last: again };
  // The last byte of a command comes when the line has carried all of them.
  const baseMs = state.nowMs + wireMs(bytes, state.baud);
  switch (again?.kind) {
    case 'at':
      return obeyChip(model, known, again.text, baseMs, atReply);
    case 'request':
      return obeyRequest(model, known, again, known.settings, baseMs);
    case undefined:
      return printPrompt(known, baseMs);
    case 'other':
      if (!again.text.startsWith('ST')) return refuse(known, baseMs);
      return obeyChip(model, known, again.text.slice(2), baseMs, stReply);
    case 'nudge':
    case 'repeat':
    case 'consent':
      return refuse(known, baseMs);
  }
};
