import { asciiBytes, asciiText, concatBytes, fail, ok, type Result } from '@outpost/schemas/words';
import { lineCutter } from '../../cut-lines.ts';
import {
  commandLineWire,
  LINE_MAX_BYTES,
  lineWire,
  malformed,
  nextStart,
} from '../../lora-module/line-wire.ts';
import type { Codec, Item, Wire } from '../../wire.ts';

/** A line of a Reyax module, or a reception, which is no line: its data may hold commas and line ends. */
export type RylrEvent =
  | { readonly kind: 'ok' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'resetting' }
  | { readonly kind: 'error'; readonly code: number }
  /** `+BAND=868100000`. */
  | { readonly kind: 'value'; readonly name: string; readonly value: string }
  /** Whole dBm and dB; `address` is the sender's, within its network. */
  | {
      readonly kind: 'reception';
      readonly address: number;
      readonly data: Uint8Array;
      readonly rssi: number;
      readonly snr: number;
    };

const LINE_FEED = 0x0a;
/** AT+SEND takes no more. */
const DATA_MAX_BYTES = 240;
/** Of `+RCV=65535,240,`. */
const HEAD_MAX_BYTES = 16;
const HEAD = /^\+RCV=(\d{1,5}),(\d{1,3}),/;
const LEVELS = /^,(-?\d{1,3}),(-?\d{1,3})\r?\n$/;

interface Head {
  readonly address: number;
  readonly bytes: number;
  readonly length: number;
}

const headOf = (start: Uint8Array): Head | undefined => {
  const found = HEAD.exec(asciiText(start.subarray(0, HEAD_MAX_BYTES)));
  if (found === null) return undefined;
  const head = { address: Number(found[1]), length: Number(found[2]), bytes: found[0].length };
  return head.length > DATA_MAX_BYTES ? undefined : head;
};

/** A line feed within the data ends nothing: the length counts from the left. */
const ends = (bytes: Uint8Array, from: number, at: number): boolean => {
  if (bytes[at] !== LINE_FEED) return false;
  const head = headOf(bytes.subarray(from, at));
  return head === undefined || at >= from + head.bytes + head.length;
};

const receptionIn = (frame: Uint8Array): Result<RylrEvent> | undefined => {
  const head = headOf(frame);
  if (head === undefined) return undefined;
  const end = head.bytes + head.length;
  const levels = LEVELS.exec(asciiText(frame.subarray(end)));
  if (levels === null) return undefined;
  const { address } = head;
  const data = frame.slice(head.bytes, end);
  return ok({ kind: 'reception', address, data, rssi: Number(levels[1]), snr: Number(levels[2]) });
};

const ERROR = /^\+ERR=(\d{1,3})$/;
const VALUE = /^\+([A-Z]{2,12})=(.{0,120})$/;

const readLine = (text: string): Result<RylrEvent> => {
  if (text === '+OK') return ok({ kind: 'ok' });
  if (text === '+READY') return ok({ kind: 'ready' });
  if (text === '+RESET') return ok({ kind: 'resetting' });
  const error = ERROR.exec(text);
  if (error !== null) return ok({ kind: 'error', code: Number(error[1]) });
  const value = text.startsWith('+RCV') ? null : VALUE.exec(text);
  if (value !== null) return ok({ kind: 'value', name: value[1] ?? '', value: value[2] ?? '' });
  return fail(malformed('rylr', 'line', 'a line that no such module prints.'));
};

const writeLine = (event: RylrEvent): string => {
  switch (event.kind) {
    case 'ok':
      return '+OK';
    case 'ready':
      return '+READY';
    case 'resetting':
      return '+RESET';
    case 'error':
      return `+ERR=${event.code}`;
    case 'value':
      return `+${event.name}=${event.value}`;
    case 'reception':
      return '';
  }
};

const plainLines: Wire<RylrEvent> = lineWire({ family: 'rylr', read: readLine, write: writeLine });

const STARTS: readonly string[] = ['+RCV='];

/** The lines in a frame whose length was wrong: each stands for itself, receptions included. */
const split = (frame: Uint8Array): readonly Item<RylrEvent>[] => {
  const next = nextStart(asciiText(frame), STARTS) ?? frame.length;
  const end = Math.min(frame.indexOf(LINE_FEED) + 1 || frame.length, next);
  if (end === frame.length) return plainLines.decode(frame);
  const first = plainLines.decode(frame.slice(0, end));
  const { frames, tail } = cut(new Uint8Array(0), frame.slice(end));
  const rest = tail.length === 0 ? frames : [...frames, tail];
  return [...first, ...rest.flatMap(decode)];
};

const decode = (frame: Uint8Array): readonly Item<RylrEvent>[] => {
  const result = receptionIn(frame);
  return result === undefined ? split(frame) : [{ raw: frame, result }];
};

const cut = lineCutter(LINE_MAX_BYTES, ends);

const encode = (event: RylrEvent): Uint8Array => {
  if (event.kind !== 'reception') return plainLines.encode(event);
  const { address, data, rssi, snr } = event;
  return concatBytes(asciiBytes(`+RCV=${address},${data.length},`), data, asciiBytes(`,${rssi},${snr}\r\n`));
};

/** The AT commands of Reyax' RYLR modules. */
export const rylrCodec: Codec<string, RylrEvent> = {
  command: commandLineWire('rylr'),
  event: { tailMaxBytes: LINE_MAX_BYTES, cut, decode, encode },
};
