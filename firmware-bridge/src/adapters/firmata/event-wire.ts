import { asciiBytes, asciiText, fail, fault, ok, type Result } from '@outpost/schemas/words';
import type { Item, Wire } from '../../wire.ts';
import { cutMessages, FRAME_MAX_BYTES, SYSEX, SYSEX_END } from './cut.ts';
import type { BoardMessage, PinMode } from './message.ts';
import { fourteen, fromPairs, fromSevens, toPairs } from './seven-bit.ts';

const IDS = {
  analogMapping: 0x6a,
  capabilities: 0x6c,
  pinState: 0x6e,
  extendedAnalog: 0x6f,
  text: 0x71,
  i2cReply: 0x77,
  firmware: 0x79,
} as const;

const NONE = 0x7f;

const wrong = (words: string): Result<never> => fail(fault('malformed', 'firmata.message', 'board', words));

/** Mode and resolution in pairs, a mark behind each pin. */
const capabilitiesOf = (body: Uint8Array): Result<BoardMessage> => {
  const pins: (readonly PinMode[])[] = [];
  let pin: PinMode[] = [];
  for (let at = 0; at < body.length; ) {
    const mode = body[at] ?? NONE;
    if (mode === NONE) {
      pins.push(pin);
      pin = [];
      at += 1;
      continue;
    }
    const bits = body[at + 1];
    if (bits === undefined) return wrong('a map of pins that breaks off.');
    pin.push({ mode, bits });
    at += 2;
  }
  return pin.length === 0 ? ok({ kind: 'capabilities', pins }) : wrong('a map of pins that breaks off.');
};

const firmwareOf = (body: Uint8Array): Result<BoardMessage> => {
  const [major, minor] = body;
  const name = fromPairs(body.subarray(2));
  if (major === undefined || minor === undefined || name === undefined) {
    return wrong('a name of firmware that breaks off.');
  }
  return ok({ kind: 'firmware', major, minor, name: new TextDecoder().decode(name) });
};

/** The address and the register are one byte each, whatever the protocol leaves room for. */
const replyOf = (body: Uint8Array): Result<BoardMessage> => {
  const bytes = fromPairs(body);
  const [address, register] = bytes ?? [];
  return bytes === undefined || address === undefined || register === undefined
    ? wrong('an I²C reply that breaks off.')
    : ok({ kind: 'i2c-reply', address, register, bytes: bytes.slice(2) });
};

/** Six 7-bit bytes are 42 bits; no pin holds more. */
const VALUE_MAX_BYTES = 6;

const sysexOf = (id: number, body: Uint8Array): Result<BoardMessage> => {
  switch (id) {
    case IDS.firmware:
      return firmwareOf(body);
    case IDS.capabilities:
      return capabilitiesOf(body);
    case IDS.analogMapping:
      return ok({
        kind: 'analog-mapping',
        channels: [...body].map((channel) => (channel === NONE ? undefined : channel)),
      });
    case IDS.pinState: {
      const [pin, mode] = body;
      const value = body.subarray(2);
      if (pin === undefined || mode === undefined || value.length === 0 || value.length > VALUE_MAX_BYTES) {
        return wrong('a state of a pin that breaks off.');
      }
      return ok({ kind: 'pin-state', pin, mode, value: fromSevens(value) });
    }
    case IDS.extendedAnalog: {
      const [channel, ...rest] = body;
      if (channel === undefined || rest.length === 0 || rest.length > VALUE_MAX_BYTES) {
        return wrong('an analog value that breaks off.');
      }
      return ok({ kind: 'analog', channel, value: fromSevens(Uint8Array.from(rest)) });
    }
    case IDS.i2cReply:
      return replyOf(body);
    case IDS.text: {
      const text = fromPairs(body);
      return text === undefined
        ? wrong('a text that breaks off.')
        : ok({ kind: 'text', text: asciiText(text) });
    }
    default:
      return ok({ kind: 'other', id, body });
  }
};

const read = (frame: Uint8Array): Result<BoardMessage> => {
  const [status = 0, first = 0, second = 0] = frame;
  if (status === SYSEX) {
    return frame.length < 3 ? wrong('a message without a kind.') : sysexOf(first, frame.slice(2, -1));
  }
  if (status === 0xf9) return ok({ kind: 'version', major: first, minor: second });
  const [number, value] = [status & 0x0f, first | (second << 7)];
  return status >= 0xe0
    ? ok({ kind: 'analog', channel: number, value })
    : ok({ kind: 'digital', port: number, bits: value & 0xff });
};

const sysex = (id: number, body: readonly number[]): readonly number[] => [SYSEX, id, ...body, SYSEX_END];

const sevens = (value: number): readonly number[] =>
  value < 0x80 ? [value] : [value % 0x80, ...sevens(Math.floor(value / 0x80))];

const write = (message: BoardMessage): readonly number[] => {
  switch (message.kind) {
    case 'version':
      return [0xf9, message.major, message.minor];
    case 'firmware': {
      const name = new TextEncoder().encode(message.name);
      return sysex(IDS.firmware, [message.major, message.minor, ...toPairs(name)]);
    }
    case 'capabilities':
      return sysex(
        IDS.capabilities,
        message.pins.flatMap((pin) => [...pin.flatMap(({ mode, bits }) => [mode, bits]), NONE]),
      );
    case 'analog-mapping':
      return sysex(
        IDS.analogMapping,
        message.channels.map((channel) => channel ?? NONE),
      );
    case 'pin-state':
      return sysex(IDS.pinState, [message.pin, message.mode, ...sevens(message.value)]);
    case 'analog':
      return message.channel < 16 && message.value < 2 ** 14
        ? [0xe0 | message.channel, ...fourteen(message.value)]
        : sysex(IDS.extendedAnalog, [message.channel, ...sevens(message.value)]);
    case 'digital':
      return [0x90 | message.port, ...fourteen(message.bits)];
    case 'i2c-reply':
      return sysex(IDS.i2cReply, toPairs([message.address, message.register, ...message.bytes]));
    case 'text':
      return sysex(IDS.text, toPairs(asciiBytes(message.text)));
    case 'other':
      return sysex(message.id, [...message.body]);
  }
};

const lengthOf = (status: number): number => {
  const kind = status & 0xf0;
  return kind === 0xe0 || kind === 0x90 || status === 0xf9 ? 3 : 0;
};

/** What a board says (Firmata protocol 2.7: `protocol.md`, `i2c.md`). */
export const eventWire: Wire<BoardMessage> = {
  tailMaxBytes: FRAME_MAX_BYTES,
  cut: cutMessages(lengthOf),
  decode: (frame): readonly Item<BoardMessage>[] => [{ raw: frame, result: read(frame) }],
  encode: (message) => Uint8Array.from(write(message)),
};
