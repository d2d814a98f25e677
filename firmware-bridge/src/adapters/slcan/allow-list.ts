import { decodeFlowControl, isFlowControl } from '../../can/flow-control.ts';
import type { CanFrame } from '../../can/frame.ts';
import { assertReadOnly } from '../../obd/services.ts';

/** Requests of ISO 15765-4: to everybody, and to one control unit by itself. */
export const FUNCTIONAL = { 11: 0x7df, 29: 0x18db33f1 } as const;

/** Whether control units that matter to emissions listen to it: 7E0 to 7E7, 18DAxxF1. */
const isPhysical = ({ id, extended }: CanFrame): boolean =>
  extended ? id >>> 16 === 0x18da && (id & 0xff) === 0xf1 : id >= 0x7e0 && id <= 0x7e7;

const isFunctional = ({ id, extended }: CanFrame): boolean => id === FUNCTIONAL[extended ? 29 : 11];

const SINGLE_MAX_BYTES = 7;

/**
 * Throws a RangeError for a frame that may not be put on the bus: to send it is a bug. What may is a request that only
 * reads, whole in one frame, to the addresses of ISO 15765-4, and the flow control of a long answer to it.
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
