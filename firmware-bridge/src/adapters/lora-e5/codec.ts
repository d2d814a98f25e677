import { fail, fromHex, ok, type Result, toHex } from '@outpost/schemas/words';
import { commandLineWire, HEX_PAYLOAD, lineWire, malformed } from '../../lora-module/line-wire.ts';
import type { Codec } from '../../wire.ts';

/** One line of a LoRa-E5; every line of it is `+NAME: words`. */
export type LoraE5Event =
  /** The first of the two lines of a reception: bytes, dBm, dB. */
  | { readonly kind: 'level'; readonly length: number; readonly rssi: number; readonly snr: number }
  | { readonly kind: 'payload'; readonly phy: Uint8Array }
  /** `+TEST: ERROR(-12)`; without a name where it did not know the command. */
  | { readonly kind: 'error'; readonly name: string; readonly number: number }
  | { readonly kind: 'line'; readonly name: string; readonly words: string };

const LEVEL = /^\+TEST: LEN:(\d{1,3}), RSSI:(-?\d{1,3}), SNR:(-?\d{1,3})$/;
const PAYLOAD = new RegExp(`^\\+TEST: RX "${HEX_PAYLOAD}"$`);
const ERROR = /^(?:\+([A-Z0-9]{1,12}): )?ERROR ?\((-?\d{1,3})\)$/;
const LINE = /^\+([A-Z0-9]{1,12}): (.{0,600})$/;
/** What would be a reception if it were whole. */
const BROKEN = /^\+TEST: (LEN|RX )/;

const read = (text: string): Result<LoraE5Event> => {
  const level = LEVEL.exec(text);
  if (level !== null) {
    return ok({ kind: 'level', length: Number(level[1]), rssi: Number(level[2]), snr: Number(level[3]) });
  }
  const payload = PAYLOAD.exec(text);
  if (payload !== null) return ok({ kind: 'payload', phy: fromHex(payload[1] ?? '') ?? new Uint8Array(0) });
  const error = ERROR.exec(text);
  if (error !== null) return ok({ kind: 'error', name: error[1] ?? '', number: Number(error[2]) });
  const line = BROKEN.test(text) ? null : LINE.exec(text);
  if (line !== null) return ok({ kind: 'line', name: line[1] ?? '', words: line[2] ?? '' });
  return fail(malformed('lora-e5', 'line', 'a line that no such module prints.'));
};

const write = (event: LoraE5Event): string => {
  switch (event.kind) {
    case 'level':
      return `+TEST: LEN:${event.length}, RSSI:${event.rssi}, SNR:${event.snr}`;
    case 'payload':
      return `+TEST: RX "${toHex(event.phy).toUpperCase()}"`;
    case 'error':
      return `${event.name === '' ? '' : `+${event.name}: `}ERROR(${event.number})`;
    case 'line':
      return `+${event.name}: ${event.words}`;
  }
};

/** The AT commands of Seeed's LoRa-E5. */
export const loraE5Codec: Codec<string, LoraE5Event> = {
  command: commandLineWire('lora-e5'),
  event: lineWire({ family: 'lora-e5', read, write, starts: ['+TEST: ', '+MODE: ', '+AT: '] }),
};
