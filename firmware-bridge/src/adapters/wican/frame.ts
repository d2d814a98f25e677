import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import { CAN_DATA_MAX_BYTES, type CanFrame, EXTENDED_ID_MAX, STANDARD_ID_MAX } from '../../can/frame.ts';

const wrong = (words: string): Result<CanFrame> => fail(fault('malformed', 'wican.frame', 'frame', words));

const isByte = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 0xff;

/** One element of `frame`: the firmware always prints eight bytes, of which `dlc` are the frame's. */
export const readFrame = (text: string): Result<CanFrame> => {
  let said: Readonly<Record<string, unknown>>;
  try {
    said = Object(JSON.parse(text));
  } catch {
    return wrong('is no JSON.');
  }
  const { id, dlc, rtr = false, extd = false, data } = said;
  if (typeof rtr !== 'boolean' || typeof extd !== 'boolean') return wrong('does not say what kind it is.');
  if (
    typeof id !== 'number' ||
    !Number.isInteger(id) ||
    id < 0 ||
    id > (extd ? EXTENDED_ID_MAX : STANDARD_ID_MAX)
  ) {
    return wrong('has no identifier of a CAN bus.');
  }
  if (!isByte(dlc) || dlc > CAN_DATA_MAX_BYTES) return wrong('has no length from 0 to 8.');
  if (!Array.isArray(data) || data.length > CAN_DATA_MAX_BYTES || !data.every(isByte)) {
    return wrong('has no bytes, or no list of them.');
  }
  if (!rtr && data.length < dlc) return wrong('has fewer bytes than it says.');
  return ok({
    id,
    extended: extd,
    rtr,
    dlc,
    data: rtr ? new Uint8Array(0) : Uint8Array.from(data.slice(0, dlc)),
  });
};

/** As the firmware writes it. */
export const writeFrame = ({ id, extended, rtr, dlc, data }: CanFrame): string => {
  const bytes = [...data, ...new Array<number>(CAN_DATA_MAX_BYTES - data.length).fill(0)];
  return `{"id":${id},"dlc":${dlc},"rtr":${rtr},"extd":${extended},"data":[${bytes.join(',')}]}`;
};
