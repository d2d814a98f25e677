import type { Profile } from './profile.ts';
import type { Settings } from './settings.ts';
import { canLine, type Event } from './wire.ts';

export interface Frame {
  readonly id: number;
  readonly bits: 11 | 29;
  readonly data: Uint8Array;
}

type Layout = Pick<Settings, 'headers' | 'spaces' | 'autoFormat' | 'lengthDigit'>;
type Habits = Pick<Profile, 'showsFilling' | 'numbersLines'>;

const hexByte = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0');

const grouped = (bytes: Uint8Array, spaces: boolean): readonly string[] => {
  const shown = Array.from(bytes, hexByte);
  return spaces ? shown : [shown.join('')];
};

/** A single frame's control byte says how many bytes after it mean something. */
const meaningful = (data: Uint8Array): Uint8Array => {
  const control = data[0] ?? 0;
  return control >> 4 === 0 ? data.subarray(0, 1 + (control & 0x0f)) : data;
};

/** `ATD1` puts the length of the frame between identifier and data. */
const withLength = (
  event: Event,
  idGroups: number,
  digit: string,
  spaces: boolean,
  idDigits: number,
): Event => {
  if (event.kind !== 'hex') return event;
  const [first = ''] = event.groups;
  const groups = spaces
    ? [...event.groups.slice(0, idGroups), digit, ...event.groups.slice(idGroups)]
    : [first.slice(0, idDigits) + digit + first.slice(idDigits)];
  return { kind: 'hex', groups };
};

const withHeader = ({ id, bits, data }: Frame, layout: Layout, showsFilling: boolean): Event => {
  const bytes = layout.autoFormat && !showsFilling ? meaningful(data) : data;
  const line = canLine({ id, idBits: bits, bytes }, layout.spaces);
  if (!layout.lengthDigit) return line;
  const [idGroups, idDigits] = bits === 11 ? [1, 3] : [4, 8];
  return withLength(line, idGroups, String(data.length), layout.spaces, idDigits);
};

/** With headers off: data alone, or the length as three digits and then numbered lines. */
const bare = (data: Uint8Array, { spaces, autoFormat }: Layout, numbersLines: boolean): readonly Event[] => {
  const kind = (data[0] ?? 0) >> 4;
  if (!autoFormat || kind > 2) return [{ kind: 'hex', groups: grouped(data, spaces) }];
  if (kind === 0) return [{ kind: 'hex', groups: grouped(meaningful(data).subarray(1), spaces) }];
  if (!numbersLines) return [{ kind: 'hex', groups: grouped(data, spaces) }];
  if (kind === 2) {
    return [{ kind: 'numbered', index: (data[0] ?? 0) & 0x0f, groups: grouped(data.subarray(1), spaces) }];
  }
  const length = (((data[0] ?? 0) & 0x0f) << 8) | (data[1] ?? 0);
  return [
    { kind: 'hex', groups: [length.toString(16).toUpperCase().padStart(3, '0')] },
    { kind: 'numbered', index: 0, groups: grouped(data.subarray(2), spaces) },
  ];
};

/** How the chip prints one received CAN frame under its settings. */
export const frameEvents = (
  frame: Frame,
  layout: Layout,
  { showsFilling, numbersLines }: Habits,
): readonly Event[] =>
  layout.headers ? [withHeader(frame, layout, showsFilling)] : bare(frame.data, layout, numbersLines);

/** How an STN chip prints a whole message that it has put together: identifier, then the bytes without control. */
export const joinedEvent = ({ id, bits, data }: Frame, { headers, spaces }: Layout): Event => {
  const digits = id
    .toString(16)
    .toUpperCase()
    .padStart(bits === 11 ? 3 : 8, '0');
  const header = bits === 11 ? [digits] : (digits.match(/../g) ?? []);
  const groups = [...(headers ? header : []), ...Array.from(data, hexByte)];
  return { kind: 'hex', groups: spaces ? groups : [groups.join('')] };
};

/** Bytes of header before, and of the checksum after the data of a message of the older buses. */
const LEGACY_HEADER_BYTES = 3;

/** How the chip prints one message of the older buses: all of it, or its data alone. */
export const legacyEvent = (message: Uint8Array, { headers, spaces }: Layout): Event => ({
  kind: 'hex',
  groups: grouped(headers ? message : message.subarray(LEGACY_HEADER_BYTES, -1), spaces),
});
