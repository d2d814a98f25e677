import { type Body, toHex } from '@outpost/schemas/words';
import type { Quarantined } from './quarantine.ts';

const HEX_A_LINE = 16;
const BYTES_LISTED = 24;

const when = ({ wall }: Quarantined): string =>
  wall === undefined
    ? 'time unknown       '
    : `${new Date(Number(wall / 1_000_000n)).toISOString().slice(0, 19)}Z`;

/** What a terminal shows as itself; anything else, escape sequences above all, is a dot. */
const shown = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');

/** One line: where, when, whose, why, and how the bytes begin. */
export const quarantinedLine = (item: Quarantined): string => {
  const { offset, device, code, raw } = item;
  const beginning = shown(raw.subarray(0, BYTES_LISTED));
  return `${offset}  ${when(item)}  ${device}  ${code}  ${raw.length} B  ${beginning}${raw.length > BYTES_LISTED ? '…' : ''}`;
};

/** Everything about one, its bytes side by side in both ways. */
export const quarantinedLines = (item: Quarantined): readonly string[] => {
  const { offset, device, code, words, raw } = item;
  const rows = Array.from({ length: Math.ceil(raw.length / HEX_A_LINE) }, (_, row) => {
    const part = raw.subarray(row * HEX_A_LINE, (row + 1) * HEX_A_LINE);
    const hex = toHex(part).replaceAll(/(..)(?=.)/g, '$1 ');
    return `  ${String(row * HEX_A_LINE).padStart(6, '0')}  ${hex.padEnd(HEX_A_LINE * 3)} ${shown(part)}`;
  });
  return [
    `${device}, ${when(item).trim()}, journal offset ${offset}`,
    `${code}: ${words}`,
    `${raw.length} bytes:`,
    ...rows,
  ];
};

export const quarantinedJson = ({ offset, device, code, words, raw, wall }: Quarantined) => ({
  offset: String(offset),
  device,
  code,
  words,
  raw: toHex(raw),
  time: wall === undefined ? null : new Date(Number(wall / 1_000_000n)).toISOString(),
});

/** What this version of the program makes of the bytes. */
export const replayedLine = ({ offset }: Quarantined, bodies: readonly Body[]): string =>
  bodies.length === 0
    ? `${offset}  still says nothing that this program understands.`
    : `${offset}  now says: ${bodies
        .map((body) =>
          JSON.stringify(body, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
        )
        .join(', ')}`;
