import { CHANNEL } from '../../car/channels.ts';
import { controlUnits } from '../../car/ecu.ts';
import { identityOf } from '../../car/identity.ts';
import { drawAt } from '../../random/draw-at.ts';
import { inForce } from '../faults.ts';
import { type AtReply, atReply } from './at-commands.ts';
import { exchange, scattered } from './exchange.ts';
import { printEvent, printOpen, printPrompt, printReturns } from './print.ts';
import { DEFAULTS } from './settings.ts';
import { counted, type DongleModel, type DongleState } from './state.ts';
import type { Command, Event, Request } from './wire.ts';

const UNKNOWN: Event = { kind: 'trouble', trouble: 'unknown-command', groups: [] };

const lineEvent = (text: string): Event => (text === 'OK' ? { kind: 'ok' } : { kind: 'text', text });

const draw = (model: DongleModel, state: DongleState, use: number): number =>
  drawAt(model.car.seed, CHANNEL.adapter * 16 + use, state.tally.commands);

/** Scripted late prompts, and those that a cheap dongle has by itself. */
const promptDelayMs = (model: DongleModel, state: DongleState, atMs: number): number => {
  const { profile, faults } = model;
  const scripted = inForce(faults, 'late-prompt', atMs)?.delayMs ?? 0;
  const own = draw(model, state, 4) < profile.latePromptChance;
  return scripted + (own ? scattered(profile.latePrompt, draw(model, state, 5)) : 0);
};

const effects = (model: DongleModel, state: DongleState, reply: AtReply, atMs: number): DongleState => {
  const { profile } = model;
  const { effect } = reply;
  if (effect === undefined) return printPrompt(model, state, atMs);
  switch (effect) {
    case 'sleep':
      return { ...state, busy: { kind: 'asleep' } };
    case 'monitor':
      return { ...state, busy: { kind: 'monitor' } };
    case 'reset':
    case 'warm-start': {
      const untilMs = state.nowMs + (effect === 'reset' ? profile.resetMs : profile.resetMs / 8);
      let next: DongleState = { ...state, settings: DEFAULTS, busy: { kind: 'reset', untilMs } };
      next = printReturns(model, next, 2, untilMs);
      next = printEvent(model, next, { kind: 'text', text: profile.banner }, untilMs);
      return printPrompt(model, next, untilMs);
    }
  }
};

const obeyAt = (model: DongleModel, state: DongleState, text: string): DongleState => {
  const { car } = state;
  const bench = {
    profile: model.profile,
    settings: state.settings,
    supplyVolts: car.supply.volts,
    ignitionOn: car.ignition !== 'off',
  };
  const atMs = state.nowMs + scattered(model.profile.command, draw(model, state, 6));
  const reply = atReply(bench, text);
  if (reply === undefined) return printPrompt(model, printEvent(model, state, UNKNOWN, atMs), atMs);
  let next = { ...state, settings: reply.settings };
  for (const line of reply.lines) next = printEvent(model, next, lineEvent(line), atMs);
  return effects(model, next, reply, atMs);
};

const identityNow = ({ identity, car, faults }: DongleModel, nowMs: number): DongleModel['identity'] => {
  const swap = inForce(faults, 'vin-swap', nowMs);
  if (swap === undefined) return identity;
  const other = identityOf(car.seed + 1);
  return { ...other, vin: swap.vin ?? other.vin };
};

const obeyRequest = (model: DongleModel, state: DongleState, request: Request): DongleState => {
  const { nowMs } = state;
  const { lines, doneMs, found } = exchange(
    {
      profile: model.profile,
      settings: state.settings,
      protocol: model.protocol,
      units: controlUnits(identityNow(model, nowMs)),
      moment: { model: model.car, car: state.car },
      number: state.tally.requests,
      isInForce: (what) => inForce(model.faults, what, nowMs) !== undefined,
    },
    request,
  );
  let next = state;
  let opened = false;
  for (const { atMs, event, open = false } of lines) {
    if (opened && !open) next = printReturns(model, next, 1, nowMs + atMs);
    next = (open ? printOpen : printEvent)(model, next, event, nowMs + atMs);
    opened = open;
  }
  const promptMs = Math.max(nowMs + doneMs, next.freeAtMs);
  next = printPrompt(model, next, promptMs + promptDelayMs(model, next, promptMs));
  return { ...next, busy: { kind: 'request', untilMs: next.freeAtMs, found } };
};

/** Does what a command says. The command has been counted. */
export const obey = (model: DongleModel, state: DongleState, command: Command): DongleState => {
  const again = command.kind === 'repeat' ? state.last : command;
  const known = { ...state, last: again };
  switch (again?.kind) {
    case 'at':
      return obeyAt(model, known, again.text);
    case 'request':
      return counted(obeyRequest(model, known, again), { requests: 1 });
    case undefined:
      return printPrompt(model, known, state.nowMs);
    case 'nudge':
    case 'repeat':
    case 'other':
      return printPrompt(model, printEvent(model, known, UNKNOWN, state.nowMs), state.nowMs);
  }
};
