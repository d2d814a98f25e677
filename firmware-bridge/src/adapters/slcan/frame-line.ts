import { type Fault, fail, fault, fromHex, ok, type Result, toHex } from '@outpost/schemas/words';
import { CAN_DATA_MAX_BYTES, type CanFrame, EXTENDED_ID_MAX, STANDARD_ID_MAX } from '../../can/frame.ts';

/** A frame as a line shows it. */
export interface FrameLine {
  readonly frame: CanFrame;
  /** Milliseconds of the adapter's own clock, 0 to 59,999 and then from 0 again; undefined where it sends none. */
  readonly timestampMs: number | undefined;
}

/** The adapter's clock starts again at this. */
export const TIMESTAMP_WRAPS_MS = 60_000;

const LINE = /^(?:([tr])([0-9A-Fa-f]{3})|([TR])([0-9A-Fa-f]{8}))([0-9A-Fa-f]*)$/;
const TIMESTAMP_DIGITS = 4;

const broken = (code: string, words: string): { readonly ok: false; readonly fault: Fault } =>
  fail(fault('malformed', `slcan.${code}`, 'line', words));

/** A remote frame of some tools has no length at all. */
const lengthOf = (rest: string, rtr: boolean): { dlc: number; digits: number } => {
  const none = rtr && (rest.length === 0 || rest.length === TIMESTAMP_DIGITS);
  return none ? { dlc: 0, digits: 0 } : { dlc: Number.parseInt(rest.slice(0, 1), 16), digits: 1 };
};

/**
 * Reads `t7E8803410D3200000000`, `T18DAF110…`, `r…`, `R…`, without the carriage return. Faults are `malformed`:
 * `slcan.not-a-frame`, `slcan.id`, `slcan.length`, `slcan.timestamp`.
 */
export const readFrameLine = (text: string): Result<FrameLine> => {
  const match = LINE.exec(text);
  if (match === null) return broken('not-a-frame', 'the line is no kind, identifier, length and data');
  const [, short, shortId, long, longId = '', rest = ''] = match;
  const extended = long !== undefined;
  const id = Number.parseInt(shortId ?? longId, 16);
  if (id > (extended ? EXTENDED_ID_MAX : STANDARD_ID_MAX)) {
    return broken('id', `an identifier of more than ${extended ? 29 : 11} bits`);
  }
  const rtr = (long ?? short ?? '').toLowerCase() === 'r';
  const { dlc, digits } = lengthOf(rest, rtr);
  // Also where the digit is missing.
  if (!(dlc <= CAN_DATA_MAX_BYTES)) return broken('length', 'a length that is not 0 to 8');
  const end = digits + (rtr ? 0 : 2 * dlc);
  const data = fromHex(rest.slice(digits, end));
  const stamp = rest.slice(end);
  if (data === undefined || rest.length < end) return broken('length', `fewer than ${dlc} bytes of data`);
  const frame: CanFrame = { id, extended, rtr, dlc, data };
  if (stamp === '') return ok({ frame, timestampMs: undefined });
  const timestampMs = Number.parseInt(stamp, 16);
  if (stamp.length !== TIMESTAMP_DIGITS) return broken('length', `more than ${dlc} bytes of data`);
  if (timestampMs >= TIMESTAMP_WRAPS_MS) return broken('timestamp', 'a time of a minute or more');
  return ok({ frame, timestampMs });
};

const hexOf = (value: number, digits: number): string =>
  value.toString(16).toUpperCase().padStart(digits, '0');

/** The exact inverse, in capitals. Throws a RangeError for a frame that cannot be. */
export const frameLine = ({ frame, timestampMs }: FrameLine): string => {
  const { id, extended, rtr, dlc, data } = frame;
  const most = extended ? EXTENDED_ID_MAX : STANDARD_ID_MAX;
  const whole = Number.isInteger(id) && id >= 0 && id <= most;
  if (!whole || dlc > CAN_DATA_MAX_BYTES || data.length !== (rtr ? 0 : dlc)) {
    throw new RangeError(`no CAN frame: identifier ${id}, length ${dlc}, ${data.length} bytes`);
  }
  const kind = rtr ? 'r' : 't';
  const head = `${extended ? kind.toUpperCase() : kind}${hexOf(id, extended ? 8 : 3)}${dlc}`;
  const body = toHex(data).toUpperCase();
  if (timestampMs === undefined) return `${head}${body}`;
  if (!Number.isInteger(timestampMs) || timestampMs < 0 || timestampMs >= TIMESTAMP_WRAPS_MS) {
    throw new RangeError(`${timestampMs} ms is no time of the adapter: 0 to 59,999`);
  }
  return `${head}${body}${hexOf(timestampMs, TIMESTAMP_DIGITS)}`;
};
