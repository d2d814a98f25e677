import { asciiBytes, type Fault, type MonoNs, monoAfterMs, monoNs } from '@outpost/schemas/words';
import { type Message, readMessage, writeMessage } from '../message.ts';
import type { DeviceStatus, Fate, Happening, Said, Session, Step } from '../session.ts';
import type { Codec } from '../wire.ts';

/** A dialogue over messages in simulated time; every item is counted. */
export interface MessageRig {
  readonly said: Said[];
  readonly fates: Fate[];
  readonly sent: Message[];
  readonly statuses: DeviceStatus[];
  readonly happenings: Happening[];
  readonly undecided: number;
  readonly reopen: Fault | undefined;
  /** How its last items ended: the reason where they were dropped, the code where quarantined. */
  readonly last: readonly string[];
  say(topic: string, payload: string | Uint8Array, isRetained?: boolean): void;
  run(ms: number): void;
}

const endOf = (fate: Fate): string => {
  if (fate.kind === 'dropped') return fate.reason;
  return fate.kind === 'quarantined' ? fate.fault.code : fate.kind;
};

export const messageRig = <State, Command, Event>(
  codec: Codec<Command, Event>,
  session: Session<State, Command, Event>,
): MessageRig => {
  let now: MonoNs = monoNs(1_000_000_000n);
  let state = session.initial;
  let alarm: MonoNs | undefined;
  let undecided = 0;
  let reopen: Fault | undefined;
  let last: readonly string[] = [];
  const said: Said[] = [];
  const fates: Fate[] = [];
  const sent: Message[] = [];
  const statuses: DeviceStatus[] = [];
  const happenings: Happening[] = [];

  const take = (step: Step<State, Command>): void => {
    state = step.state;
    said.push(...step.said);
    fates.push(...step.fates);
    undecided -= step.fates.length;
    last = [...last, ...step.fates.map(endOf)];
    if (step.status !== undefined) statuses.push(step.status);
    happenings.push(...(step.happenings ?? []));
    reopen ??= step.reopen;
    for (const command of step.commands) {
      const message = readMessage(codec.command.encode(command));
      if (message.ok) sent.push(message.value);
    }
    alarm = step.silenceAfterMs === undefined ? undefined : monoAfterMs(now, step.silenceAfterMs);
  };

  take(session.step(state, { kind: 'opened' }, now));
  return {
    said,
    fates,
    sent,
    statuses,
    happenings,
    get undecided() {
      return undecided;
    },
    get reopen() {
      return reopen;
    },
    get last() {
      return last;
    },
    say: (topic, payload, isRetained = false) => {
      last = [];
      const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
      for (const { raw, result } of codec.event.decode(writeMessage({ topic, payload: bytes }))) {
        undecided += 1;
        if (!result.ok) take(session.step(state, { kind: 'malformed', fault: result.fault, raw }, now));
        else {
          const event = { kind: 'event' as const, event: result.value, raw };
          take(session.step(state, isRetained ? { ...event, retained: true } : event, now));
        }
      }
    },
    run: (ms) => {
      const end = monoAfterMs(now, ms);
      while (alarm !== undefined && alarm <= end) {
        now = alarm;
        alarm = undefined;
        take(session.step(state, { kind: 'silence' }, now));
      }
      now = end;
    },
  };
};

/** A message that is not text. */
export const garbage: Uint8Array = Uint8Array.of(0xff, 0xfe, ...asciiBytes('{'));
