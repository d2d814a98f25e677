import { fail, fault, ok, type Result } from '../words/index.ts';
import { decodePid } from './decode-pid.ts';
import { isBitmapPid } from './pids.ts';
import type { Quantity } from './signals.ts';
import { freezeFrameSignal } from './signals-freeze-frame.ts';

/** The frame that the law asks for; others are the manufacturer's own and are not read. */
export const FREEZE_FRAME = 0x00;

/** The parameter that names the trouble code which stored the frame; 0000 where none is stored. */
export const FREEZE_DTC_PID = 0x02;

/** A frame of the bytes after `42` in a reply to service 02: parameter, frame number, data (SAE J1979). */
export interface FreezeFramePart {
  readonly pid: number;
  readonly frame: number;
  readonly bytes: Uint8Array;
}

const malformed = (words: string): { readonly ok: false; readonly fault: ReturnType<typeof fault> } =>
  fail(fault('malformed', 'j1979.freeze-frame', 'freeze frame', words));

/** Takes the bytes after `42` apart. Faults are `malformed`, `j1979.freeze-frame`. */
export const splitFreezeFrame = (bytes: Uint8Array): Result<FreezeFramePart> => {
  const [pid, frame] = bytes;
  if (pid === undefined || frame === undefined) return malformed('no parameter and frame number');
  return ok({ pid, frame, bytes: bytes.subarray(2) });
};

/**
 * What one control unit kept in frame 0 when a fault was stored: the same parameters and scales as in service 01,
 * under signals of their own, because they were true then and not now. A bitmap gives nothing. Faults are
 * `malformed`: `j1979.freeze-frame` for another frame, and those of `decodePid`.
 */
export const decodeFreezeFrame = (bytes: Uint8Array): Result<readonly Quantity[]> => {
  const part = splitFreezeFrame(bytes);
  if (!part.ok) return part;
  const { pid, frame, bytes: rest } = part.value;
  if (frame !== FREEZE_FRAME) return malformed(`frame ${frame} came where frame ${FREEZE_FRAME} was asked`);
  if (isBitmapPid(pid)) return ok([]);
  const live = decodePid(pid, rest);
  if (!live.ok) return live;
  return ok(live.value.map(({ signal, mantissa }) => ({ signal: freezeFrameSignal(signal), mantissa })));
};
