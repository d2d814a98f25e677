import { type Clock, type Fault, fault, monoAfterMs } from '@outpost/schemas/words';
import { abortScope } from './abort-scope.ts';
import { createAlarm } from './alarm.ts';
import type { Peer, Port } from './port.ts';

/** A command that the port could not pass on for this long ends the dialogue: the other end takes nothing. */
const WRITE_TIMEOUT_MS = 5_000;

const STALLED = Symbol('stalled');

const stalled = (port: Port): Fault =>
  fault(
    'unreachable',
    'port.stalled',
    port.where,
    `took no bytes for ${WRITE_TIMEOUT_MS / 1000} s; is the device still there?`,
  );

/** Writes one thing after the other, each within a stated time. */
export interface Writer {
  /** Rejects with the reason of an abort. After a fault `port.stalled` nothing more is written. */
  write(bytes: Uint8Array, to: Peer | undefined): Promise<Fault | undefined>;
  stop(): void;
}

/** One signal and one moving deadline for all writes: a timer for each would cost more than the write. */
export const createWriter = (port: Port, clock: Clock, signal: AbortSignal): Writer => {
  const scope = abortScope(signal);
  const deadline = createAlarm(clock, signal, () => {
    if (deadline.due) scope.abort(STALLED);
  });
  return {
    write: async (bytes, to) => {
      deadline.set(monoAfterMs(clock.mono(), WRITE_TIMEOUT_MS));
      try {
        const written = await port.write(bytes, scope.signal, to);
        return written.ok ? undefined : written.fault;
      } catch (error) {
        if (error === STALLED) return stalled(port);
        throw error;
      } finally {
        deadline.set(undefined);
      }
    },
    stop: () => {
      deadline.stop();
      scope.release();
    },
  };
};
