import { elapsedMs, type Fault, fault, type MonoNs, monoAfterMs } from '@outpost/schemas/words';
import { decodeFlowControl } from './flow-control.ts';
import { segment } from './isotp.ts';

/** How one side sends. */
export interface SendRules {
  /** What fills frames up to eight bytes; undefined leaves them short. */
  readonly padding: number | undefined;
  /** N_Bs: how long the receiver's flow control may take. */
  readonly flowTimeoutMs: number;
  /** Requests in a row to wait (N_WFTmax). */
  readonly waitsMax: number;
}

/** A message of several frames that is not sent to its end yet. */
export interface Sending {
  /** What is still to be sent, in order. */
  readonly frames: readonly Uint8Array[];
  /** `flow`: the receiver must speak; `separation`: it asked for time between the frames. */
  readonly waitsFor: 'flow' | 'separation';
  /** Frames until the receiver wants to speak again; undefined where it does not. */
  readonly blockLeft: number | undefined;
  readonly separationMs: number;
  /** When the flow control is overdue, or the next frame is due. */
  readonly due: MonoNs;
  /** Requests to wait in a row. */
  readonly waits: number;
}

export interface Sent {
  /** Undefined where all is sent or given up. */
  readonly sending: Sending | undefined;
  /** To be sent now, in order. */
  readonly frames: readonly Uint8Array[];
  /** Why the rest is not sent. */
  readonly fault: Fault | undefined;
}

const NONE: readonly Uint8Array[] = [];

const givenUp = (kind: Fault['kind'], code: string, words: string): Sent => ({
  sending: undefined,
  frames: NONE,
  fault: fault(kind, `isotp.${code}`, 'message', words),
});

const awaitFlow = (frames: readonly Uint8Array[], rules: SendRules, now: MonoNs, waits = 0): Sending => ({
  frames,
  waitsFor: 'flow',
  blockLeft: undefined,
  separationMs: 0,
  due: monoAfterMs(now, rules.flowTimeoutMs),
  waits,
});

/** Begins to send 1 to 4,095 bytes: the only frame, or the first. Throws a RangeError for another length. */
export const startSending = (payload: Uint8Array, rules: SendRules, now: MonoNs): Sent => {
  const [head, ...rest] = segment(payload, rules.padding);
  const frames = head === undefined ? NONE : [head];
  return { sending: rest.length === 0 ? undefined : awaitFlow(rest, rules, now), frames, fault: undefined };
};

/** As many frames as may go now. */
const release = (sending: Sending, rules: SendRules, now: MonoNs): Sent => {
  const { frames, blockLeft, separationMs } = sending;
  const inBlock = Math.min(blockLeft ?? frames.length, frames.length);
  const count = separationMs > 0 ? Math.min(1, inBlock) : inBlock;
  const sent = frames.slice(0, count);
  const rest = frames.slice(count);
  if (rest.length === 0) return { sending: undefined, frames: sent, fault: undefined };
  const left = blockLeft === undefined ? undefined : blockLeft - count;
  if (left === 0) return { sending: awaitFlow(rest, rules, now), frames: sent, fault: undefined };
  const due = monoAfterMs(now, separationMs);
  return {
    sending: { ...sending, frames: rest, waitsFor: 'separation', blockLeft: left, due },
    frames: sent,
    fault: undefined,
  };
};

/**
 * Takes what the receiver said. A flow control that nobody waits for is passed over, as the standard wants (ISO
 * 15765-2, 9.8.3). Faults: `refused`, `isotp.overflow`: the message is too long for it; `unreachable`, `isotp.waits`:
 * it asked to wait too often; `malformed`: as `decodeFlowControl` says.
 */
export const takeFlowControl = (sending: Sending, bytes: Uint8Array, rules: SendRules, now: MonoNs): Sent => {
  if (sending.waitsFor !== 'flow') return { sending, frames: NONE, fault: undefined };
  const flow = decodeFlowControl(bytes);
  if (!flow.ok) return { sending: undefined, frames: NONE, fault: flow.fault };
  const { status, blockSize, separationUs } = flow.value;
  switch (status) {
    case 'overflow':
      return givenUp('refused', 'overflow', 'the receiver has no room for it');
    case 'wait': {
      const waits = sending.waits + 1;
      if (waits > rules.waitsMax) {
        return givenUp('unreachable', 'waits', `the receiver asked to wait ${waits} times`);
      }
      const waiting = awaitFlow(sending.frames, rules, now, waits);
      return { sending: waiting, frames: NONE, fault: undefined };
    }
    case 'continue': {
      const blockLeft = blockSize === 0 ? undefined : blockSize;
      return release({ ...sending, blockLeft, separationMs: separationUs / 1_000, waits: 0 }, rules, now);
    }
  }
};

/** What the passing of time brings: the next frame, or `isotp.timeout` (`unreachable`) where no flow control came. */
export const sendDue = (sending: Sending, rules: SendRules, now: MonoNs): Sent => {
  if (elapsedMs(now, sending.due) > 0) return { sending, frames: NONE, fault: undefined };
  if (sending.waitsFor === 'separation') return release(sending, rules, now);
  return givenUp('unreachable', 'timeout', 'the receiver sent no flow control in time');
};
