import {
  addRatios,
  formatRatio,
  multiplyRatios,
  parseRatio,
  type Ratio,
  ratio,
  roundRatio,
  type Signal,
  signalByName,
} from '@outpost/schemas/vehicle';
import { asciiBytes, asciiText, type Body, concatBytes } from '@outpost/schemas/words';
import { CHIPS, readsOf } from './chips/index.ts';
import { firmataCodec } from './codec.ts';
import type { BoardMessage } from './message.ts';
import type { AnalogInput, ClimateSensor, DigitalInput } from './options.ts';

/**
 * A message of a board says a number at a pin; what the number means, the owner's configuration says. So the raw bytes
 * of a reading end with a line that says that: signal, place, and how the one follows from the other.
 */
const MARK = '\r=';

/**
 * Which part of the board said it, in place of a control unit's address: in hex it reads as boards are labelled, A003 and
 * D013; of a chip it is its address on the bus.
 */
export const analogPlace = (channel: number): number => 0xa000 + Number.parseInt(String(channel), 16);
export const digitalPlace = (pin: number): number => 0xd000 + Number.parseInt(String(pin), 16);

const numberBody = (signal: Signal, mantissa: number, ecu: number): Body => ({
  kind: 'number',
  signal: signal.id,
  mantissa,
  ecu,
});

/** Undefined where the signal cannot have that value. */
const bounded = (signal: Signal, mantissa: number, ecu: number): Body | undefined =>
  mantissa < signal.minMantissa || mantissa > signal.maxMantissa
    ? undefined
    : numberBody(signal, mantissa, ecu);

type AnalogRule = Pick<AnalogInput, 'channel' | 'signal' | 'factor' | 'offset'>;

export const analogBody = (
  { channel, signal, factor, offset }: AnalogRule,
  value: number,
): Body | undefined => {
  const exact: Ratio = addRatios(multiplyRatios(ratio(BigInt(value)), factor), offset);
  const mantissa = Number(roundRatio(multiplyRatios(exact, ratio(10n ** BigInt(signal.decimals)))));
  return bounded(signal, mantissa, analogPlace(channel));
};

type DigitalRule = Pick<DigitalInput, 'pin' | 'signal' | 'invert'>;

export const isHigh = (pin: number, bits: number): boolean => ((bits >> (pin & 7)) & 1) === 1;

export const digitalBody = ({ pin, signal, invert }: DigitalRule, bits: number): Body =>
  numberBody(signal, isHigh(pin, bits) === invert ? 0 : 1, digitalPlace(pin));

const marked = (raw: Uint8Array, line: string): Uint8Array => concatBytes(raw, asciiBytes(`${MARK}${line}`));

export const analogRaw = (raw: Uint8Array, { channel, signal, factor, offset }: AnalogRule): Uint8Array =>
  marked(raw, `${signal.name} A${channel} ${formatRatio(factor)},${formatRatio(offset)}`);

export const digitalRaw = (raw: Uint8Array, { pin, signal, invert }: DigitalRule): Uint8Array =>
  marked(raw, `${signal.name} D${pin} ${invert ? 'low' : 'high'}`);

/** `frames`: every answer of the chip that the values follow from, those about itself first. */
export const chipRaw = (
  frames: readonly Uint8Array[],
  signal: string,
  { chip, address }: Pick<ClimateSensor, 'chip' | 'address'>,
): Uint8Array => marked(concatBytes(...frames), `${signal} ${chip.name}@${address.toString(16)}`);

/** What a chip's values say; those that their signals cannot have are left out. */
export const chipBodies = (
  values: readonly { readonly signal: string; readonly mantissa: number }[],
  address: number,
): readonly (readonly [signal: string, body: Body])[] =>
  values.flatMap(({ signal: name, mantissa }) => {
    const signal = signalByName(name);
    const body = signal && bounded(signal, mantissa, address);
    return body === undefined ? [] : [[name, body] as const];
  });

const messagesOf = (frames: Uint8Array): readonly BoardMessage[] => {
  const cut = firmataCodec.event.cut(new Uint8Array(), frames);
  if (cut.tail.length > 0 || cut.discardedBytes > 0) return [];
  return cut.frames.flatMap((frame) =>
    firmataCodec.event.decode(frame).flatMap(({ result }) => (result.ok ? [result.value] : [])),
  );
};

const ANALOG = /^(\S+) A(\d{1,2}) ([^\s,]+),([^\s,]+)$/;
const DIGITAL = /^(\S+) D(\d{1,3}) (high|low)$/;
const CHIP = /^(\S+) ([a-z0-9]+)@([0-9a-f]{2})$/;

const analogOf = (message: BoardMessage | undefined, parts: readonly string[]): Body | undefined => {
  const [, name = '', channelText, factorText = '', offsetText = ''] = parts;
  const [signal, factor, offset] = [signalByName(name), parseRatio(factorText), parseRatio(offsetText)];
  const channel = Number(channelText);
  if (signal === undefined || factor === undefined || offset === undefined) return undefined;
  return message?.kind === 'analog' && message.channel === channel
    ? analogBody({ channel, signal, factor, offset }, message.value)
    : undefined;
};

const digitalOf = (message: BoardMessage | undefined, parts: readonly string[]): Body | undefined => {
  const [, name = '', pinText, level] = parts;
  const [signal, pin] = [signalByName(name), Number(pinText)];
  return signal !== undefined && message?.kind === 'digital' && message.port === pin >> 3
    ? digitalBody({ pin, signal, invert: level === 'low' }, message.bits)
    : undefined;
};

const chipOf = (messages: readonly BoardMessage[], parts: readonly string[]): Body | undefined => {
  const [, name, chipName = '', addressText = ''] = parts;
  const [chip, address] = [CHIPS.get(chipName), Number.parseInt(addressText, 16)];
  const answers = messages.flatMap((message) =>
    message.kind === 'i2c-reply' && message.address === address ? [message.bytes] : [],
  );
  if (chip === undefined || answers.length !== readsOf([...chip.prepare, ...chip.measure])) return undefined;
  const values = chip.values(answers);
  return values.ok ? chipBodies(values.value, address).find(([signal]) => signal === name)?.[1] : undefined;
};

/** What a board calls itself. */
export const identityBody = (firmware: string): Body => ({
  kind: 'identity',
  of: 'adapter',
  text: firmware,
  ecu: 0,
});

/** What raw bytes say, computed again; empty where they say nothing. */
export const redecode = (raw: Uint8Array): readonly Body[] => {
  const at = asciiText(raw).lastIndexOf(MARK);
  const messages = messagesOf(at < 0 ? raw : raw.subarray(0, at));
  const [first] = messages;
  if (at < 0) {
    return first?.kind === 'firmware' ? [identityBody(`${first.name} ${first.major}.${first.minor}`)] : [];
  }
  const line = asciiText(raw.subarray(at + MARK.length));
  const readers: readonly [RegExp, (parts: readonly string[]) => Body | undefined][] = [
    [ANALOG, (parts) => analogOf(first, parts)],
    [DIGITAL, (parts) => digitalOf(first, parts)],
    [CHIP, (parts) => chipOf(messages, parts)],
  ];
  for (const [pattern, read] of readers) {
    const parts = pattern.exec(line);
    const body = parts === null ? undefined : read(parts);
    if (body !== undefined) return [body];
  }
  return [];
};
