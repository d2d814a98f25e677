import { decodeFlowControl, isFlowControl } from '../../can/flow-control.ts';
import type { CanFrame } from '../../can/frame.ts';
import { isAnswerId } from '../../obd/can-frame.ts';
import { assertReadOnly } from '../../obd/services.ts';

/** Requests of ISO 15765-4: to everybody, and to one control unit by itself. */
export const FUNCTIONAL = { 11: 0x7df, 29: 0x18db33f1 } as const;

/**
 * Whether one control unit may listen to it: 7E0 to 7E7 and 18DAxxF1 by ISO 15765-4, and where makers put the diagnosis
 * of the others, 600 to 7DE and 29 bits from 17000000 on. Lower identifiers go first on a bus and are the car's own.
 */
const isPhysical = ({ id, extended }: CanFrame): boolean => {
  if (id === FUNCTIONAL[11] || id === FUNCTIONAL[29]) return false;
  if (isAnswerId(id, extended ? 29 : 11)) return false;
  return extended ? id >= 0x1700_0000 && id >>> 16 !== 0x18db : id >= 0x600;
};

const isFunctional = ({ id, extended }: CanFrame): boolean => id === FUNCTIONAL[extended ? 29 : 11];

const SINGLE_MAX_BYTES = 7;

/**
 * Throws a RangeError for a frame that may not be put on the bus: to send it is a bug. What may is a request that only
 * reads, whole in one frame, to an address of the diagnosis, and the flow control of a long answer to it.
 */
export const assertMaySend = (frame: CanFrame): void => {
  const { id, rtr, data } = frame;
  const name = id.toString(16).toUpperCase();
  if (rtr) throw new RangeError(`${name}: a remote frame is never sent`);
  if (!isPhysical(frame) && !isFunctional(frame)) throw new RangeError(`${name} is no address to ask`);
  if (isFlowControl(data)) {
    if (!isPhysical(frame)) throw new RangeError(`${name}: a flow control goes to one control unit`);
    if (!decodeFlowControl(data).ok) throw new RangeError(`${name}: no flow control of the standard`);
    return;
  }
  const [length = 0] = data;
  if (length < 1 || length > SINGLE_MAX_BYTES || data.length < 1 + length) {
    throw new RangeError(`${name}: only requests of one frame are sent`);
  }
  assertReadOnly(data.subarray(1, 1 + length));
};
