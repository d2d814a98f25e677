import { fail, fromHex, ok, type Result, toHex } from '@outpost/schemas/words';
import { commandLineWire, HEX_PAYLOAD, lineWire, malformed } from '../../lora-module/line-wire.ts';
import type { Codec } from '../../wire.ts';

/** Whole dBm and whole dB. */
interface Level {
  readonly rssi: number;
  readonly snr: number;
}

/** One line of a module with RAK's firmware. */
export type Rui3Event =
  | { readonly kind: 'ok' }
  /** `AT_BUSY_ERROR`. */
  | { readonly kind: 'error'; readonly code: string }
  /** What a setting is: `AT+P2P=868100000:7:125:0:8:14`; an echo looks the same. */
  | { readonly kind: 'value'; readonly name: string; readonly value: string }
  | ({ readonly kind: 'frame'; readonly named: boolean; readonly phy: Uint8Array } & Level)
  /** The first of the two lines of firmware before RUI3. */
  | ({ readonly kind: 'level' } & Level)
  | { readonly kind: 'payload'; readonly phy: Uint8Array }
  /** `RXP2P RECEIVE TIMEOUT`, `TXP2P DONE`, `JOINED`. */
  | { readonly kind: 'note'; readonly text: string }
  /** A line of what it prints when it starts. */
  | { readonly kind: 'greeting'; readonly text: string };

const LEVEL = '(-?\\d{1,3})';
const PLAIN = new RegExp(`^\\+EVT:RXP2P:${LEVEL}:${LEVEL}:${HEX_PAYLOAD}$`);
const NAMED = new RegExp(`^\\+EVT:RXP2P:RSSI ${LEVEL}:SNR ${LEVEL}:${HEX_PAYLOAD}$`);
const FIRST_LINE = new RegExp(`^\\+EVT:RXP2P, RSSI ${LEVEL}, SNR ${LEVEL}$`);
const SECOND_LINE = new RegExp(`^\\+EVT:${HEX_PAYLOAD}$`);
const VALUE = /^AT(?:\+([A-Z0-9]{1,12}))?(?:=(.{0,520}))?$/;
const NOTE = /^\+EVT:([A-Z][\w ,:.+-]{0,600})$/;
const ERROR = /^(AT_[A-Z_]{2,30})$/;
const GREETING = /^(RAKwireless|Current Work Mode:|Version:|Welcome to|-{6,}$|={6,}$)/;

const bytes = (hex: string | undefined): Uint8Array => fromHex(hex ?? '') ?? new Uint8Array(0);

const readFrame = (text: string): Rui3Event | undefined => {
  const plain = PLAIN.exec(text);
  const found = plain ?? NAMED.exec(text);
  if (found !== null) {
    const [, rssi, snr, hex] = found;
    const named = plain === null;
    return { kind: 'frame', named, rssi: Number(rssi), snr: Number(snr), phy: bytes(hex) };
  }
  const level = FIRST_LINE.exec(text);
  if (level !== null) return { kind: 'level', rssi: Number(level[1]), snr: Number(level[2]) };
  const payload = SECOND_LINE.exec(text);
  return payload === null ? undefined : { kind: 'payload', phy: bytes(payload[1]) };
};

const read = (text: string): Result<Rui3Event> => {
  if (text === 'OK') return ok({ kind: 'ok' });
  const frame = readFrame(text);
  if (frame !== undefined) return ok(frame);
  const error = ERROR.exec(text);
  if (error !== null) return ok({ kind: 'error', code: error[1] ?? '' });
  const value = VALUE.exec(text);
  if (value !== null) return ok({ kind: 'value', name: value[1] ?? '', value: value[2] ?? '' });
  // A reception that is cut or changed is no note of some other kind.
  const note = text.startsWith('+EVT:RXP2P:') ? null : NOTE.exec(text);
  if (note !== null) return ok({ kind: 'note', text: note[1] ?? '' });
  if (GREETING.test(text)) return ok({ kind: 'greeting', text });
  return fail(malformed('rui3', 'line', 'a line that no such module prints.'));
};

const upper = (phy: Uint8Array): string => toHex(phy).toUpperCase();

const write = (event: Rui3Event): string => {
  switch (event.kind) {
    case 'ok':
      return 'OK';
    case 'error':
      return event.code;
    case 'value':
      return `AT${event.name === '' ? '' : `+${event.name}`}${event.value === '' ? '' : `=${event.value}`}`;
    case 'frame':
      return event.named
        ? `+EVT:RXP2P:RSSI ${event.rssi}:SNR ${event.snr}:${upper(event.phy)}`
        : `+EVT:RXP2P:${event.rssi}:${event.snr}:${upper(event.phy)}`;
    case 'level':
      return `+EVT:RXP2P, RSSI ${event.rssi}, SNR ${event.snr}`;
    case 'payload':
      return `+EVT:${upper(event.phy)}`;
    case 'note':
      return `+EVT:${event.text}`;
    case 'greeting':
      return event.text;
  }
};

/** The AT commands of RAK's RUI3 and of what came before it. */
export const rui3Codec: Codec<string, Rui3Event> = {
  command: commandLineWire('rui3'),
  event: lineWire({ family: 'rui3', read, write, starts: ['+EVT:'] }),
};
