import { type Fault, fault, monoAfterMs } from '@outpost/schemas/words';
import { type AbortScope, abortScope } from './abort-scope.ts';
import type { AdapterContext, Observed } from './adapter.ts';
import { type Dialogue, endDialogue, flush, type SessionParts, startDialogue } from './dialogue.ts';
import { stepOn, takeOpened } from './dialogue-steps.ts';
import type { Port } from './port.ts';
import type { Step } from './session.ts';

export type { SessionParts } from './dialogue.ts';

/** Sends one command; a fault ends the dialogue. */
const send = async <S, C, E>(dialogue: Dialogue<S, C, E>, command: C): Promise<Fault | undefined> => {
  const { parts, port, context, writer } = dialogue;
  if (dialogue.mute) return undefined;
  const failed = await writer.write(parts.codec.command.encode(command), parts.to?.(command));
  if (failed === undefined) {
    context.tally.commands += 1;
    return undefined;
  }
  // A closed port cannot be written to, but what arrived before may still wait here; a stuck one is left at once.
  dialogue.mute = (await Promise.race([port.closed, undefined])) !== undefined;
  return dialogue.mute ? undefined : failed;
};

/** Does what a step wants done. A fault ends the dialogue. */
const perform = async <S, C, E>(
  dialogue: Dialogue<S, C, E>,
  step: Step<S, C>,
): Promise<Fault | undefined> => {
  const { port, context } = dialogue;
  if (step.reopen !== undefined) return step.reopen;
  flush(dialogue);
  if (step.baud !== undefined && port.setBaud !== undefined) {
    const changed = await port.setBaud(step.baud, context.signal);
    if (!changed.ok) return changed.fault;
  }
  for (const command of step.commands) {
    const failed = await send(dialogue, command);
    if (failed !== undefined) return failed;
  }
  return undefined;
};

/** From here, not from the arrival: neither a slow write nor a backlog may eat the device's time to answer. */
const setAlarm = <S, C, E>(dialogue: Dialogue<S, C, E>): void => {
  const { silence, alarm, context } = dialogue;
  if (silence === undefined) return;
  dialogue.silence = undefined;
  alarm.set(silence.afterMs === undefined ? undefined : monoAfterMs(context.clock.mono(), silence.afterMs));
};

/** What is there, and what that asks for, or a wait for more. A fault ends the dialogue. */
const advance = async <S, C, E>(dialogue: Dialogue<S, C, E>): Promise<Fault | undefined> => {
  const { port, context, owed, outbox, puller, bell } = dialogue;
  context.signal.throwIfAborted();
  const command = owed.shift();
  if (command !== undefined) return send(dialogue, command);
  const step = stepOn(dialogue);
  if (step !== undefined) return perform(dialogue, step);
  setAlarm(dialogue);
  flush(dialogue);
  if (puller.ended && !outbox.full) return port.closed;
  await bell.wait();
  return undefined;
};

const drive = async <S, C, E>(dialogue: Dialogue<S, C, E>): Promise<Fault> => {
  try {
    let why = await perform(dialogue, takeOpened(dialogue));
    while (why === undefined) why = await advance(dialogue);
    return why;
  } finally {
    endDialogue(dialogue);
  }
};

const leave = async (scope: AbortScope, dialogue: Promise<Fault>): Promise<void> => {
  scope.release();
  scope.abort(new Error('Nobody reads this dialogue any more.'));
  await dialogue.catch(() => undefined);
};

const unwanted = (where: string): Fault =>
  fault('unreachable', 'device.stopped', where, 'nobody reads this device any more.');

/**
 * Runs one dialogue over one port: cuts and decodes what arrives, steps the session, writes its commands in order,
 * and hands over what it observed. It runs ahead of its reader, up to a bound, so that a device is answered while
 * the reader waits for a disk.
 *
 * Returns why the dialogue ended: the port's own fault, a command that could not be written, or the session's
 * `reopen`. Throws the signal's reason where that aborts, and whatever a codec or session throws: that is a Bug.
 * The port stays the caller's to close.
 */
export async function* runSession<State, Command, Event>(
  parts: SessionParts<State, Command, Event>,
  port: Port,
  context: AdapterContext,
): AsyncGenerator<Observed, Fault, void> {
  const scope = abortScope(context.signal);
  const dialogue = startDialogue(parts, port, { ...context, signal: scope.signal });
  const driven = drive(dialogue);
  // Looked at below, once everything observed before is taken.
  driven.catch(() => undefined);
  try {
    yield* dialogue.outbox;
    return await driven;
  } finally {
    await leave(scope, driven);
    for (const observed of dialogue.outbox.drain()) observed.refused(unwanted(port.where));
  }
}
