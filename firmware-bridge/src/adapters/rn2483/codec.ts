import { fail, fromHex, ok, type Result, toHex } from '@outpost/schemas/words';
import { commandLineWire, HEX_PAYLOAD, lineWire, malformed } from '../../lora-module/line-wire.ts';
import type { Codec } from '../../wire.ts';

/** One line of an RN2483 or RN2903. */
export type Rn2483Event =
  | { readonly kind: 'ok' }
  /** `invalid_param`, `busy`, `not_joined`. */
  | { readonly kind: 'error'; readonly code: string }
  /** `radio_err`: waiting ended without a frame, or with one whose checksum was wrong. */
  | { readonly kind: 'radio-error' }
  | { readonly kind: 'sent' }
  | { readonly kind: 'payload'; readonly phy: Uint8Array }
  /** What was asked for: a time, a ratio. */
  | { readonly kind: 'number'; readonly value: number }
  /** Its version, which is also its greeting. */
  | { readonly kind: 'version'; readonly text: string };

/** Two spaces, as it prints them. */
const PAYLOAD = new RegExp(`^radio_rx {1,2}${HEX_PAYLOAD}$`);
const NUMBER = /^-?\d{1,10}$/;
const VERSION = /^RN2(?:483|903)A? .{1,60}$/;
const ERRORS: readonly string[] = [
  'invalid_param',
  'busy',
  'not_joined',
  'no_free_ch',
  'silent',
  'frame_counter_err_rejoin_needed',
  'mac_paused',
  'invalid_data_len',
  'denied',
  'err',
];

const read = (text: string): Result<Rn2483Event> => {
  if (text === 'ok') return ok({ kind: 'ok' });
  if (ERRORS.includes(text)) return ok({ kind: 'error', code: text });
  if (text === 'radio_err') return ok({ kind: 'radio-error' });
  if (text === 'radio_tx_ok') return ok({ kind: 'sent' });
  const payload = PAYLOAD.exec(text);
  if (payload !== null) return ok({ kind: 'payload', phy: fromHex(payload[1] ?? '') ?? new Uint8Array(0) });
  if (NUMBER.test(text)) return ok({ kind: 'number', value: Number(text) });
  if (VERSION.test(text)) return ok({ kind: 'version', text });
  return fail(malformed('rn2483', 'line', 'a line that no such module prints.'));
};

const write = (event: Rn2483Event): string => {
  switch (event.kind) {
    case 'ok':
      return 'ok';
    case 'error':
      return event.code;
    case 'radio-error':
      return 'radio_err';
    case 'sent':
      return 'radio_tx_ok';
    case 'payload':
      return `radio_rx  ${toHex(event.phy).toUpperCase()}`;
    case 'number':
      return String(event.value);
    case 'version':
      return event.text;
  }
};

/** The commands of Microchip's RN2483 and RN2903. */
export const rn2483Codec: Codec<string, Rn2483Event> = {
  command: commandLineWire('rn2483'),
  event: lineWire({ family: 'rn2483', read, write, starts: ['radio_rx ', 'radio_err', 'radio_tx_ok'] }),
};
