import { concatBytes } from '@outpost/schemas/words';
import { createRig, type FarEnd, type Rig, type RigLine } from '../../testing/rig.ts';
import { firmataCodec } from './codec.ts';
import { firmataParts } from './index.ts';
import type { BoardMessage, HostMessage, PinMode } from './message.ts';
import { checkOptions, type FirmataOptions } from './options.ts';
import type { OutputDriver } from './output-driver.ts';

const bits = (mode: number, resolution: number): PinMode => ({ mode, bits: resolution });
const DIGITAL = [bits(0, 1), bits(1, 1), bits(4, 14)];

/** What an Uno says of its twenty pins. */
export const UNO_PINS: readonly (readonly PinMode[])[] = Array.from({ length: 20 }, (_, pin) => {
  if (pin < 2) return [];
  const pwm = [3, 5, 6, 9, 10, 11].includes(pin) ? [bits(3, 8)] : [];
  const analog = pin >= 14 ? [bits(2, 10)] : [];
  const bus = pin >= 18 ? [bits(6, 1)] : [];
  return [...DIGITAL, ...pwm, ...analog, ...bus];
});

export const INTRODUCTION: readonly BoardMessage[] = [
  { kind: 'version', major: 2, minor: 4 },
  { kind: 'firmware', major: 2, minor: 4, name: 'Bench' },
  { kind: 'capabilities', pins: UNO_PINS },
  { kind: 'analog-mapping', channels: UNO_PINS.map((_, pin) => (pin < 14 ? undefined : pin - 14)) },
];

const ANSWERS: Readonly<Partial<Record<HostMessage['kind'], BoardMessage>>> = {
  'query-version': INTRODUCTION[0] as BoardMessage,
  'query-firmware': INTRODUCTION[1] as BoardMessage,
  'query-capabilities': INTRODUCTION[2] as BoardMessage,
  'query-analog-mapping': INTRODUCTION[3] as BoardMessage,
};

export const said = (...messages: readonly BoardMessage[]): Uint8Array =>
  concatBytes(...messages.map((message) => firmataCodec.event.encode(message)));

/** What was written, message by message. */
export const written = (bytes: Uint8Array): readonly HostMessage[] =>
  firmataCodec.command
    .cut(new Uint8Array(), bytes)
    .frames.flatMap((frame) => firmataCodec.command.decode(frame))
    .flatMap(({ result }) => (result.ok ? [result.value] : []));

export const optionsOf = (options: unknown): FirmataOptions => {
  const checked = checkOptions(options);
  if (!checked.ok) throw new Error(`${checked.fault.where}: ${checked.fault.words}`);
  return checked.value;
};

export interface RigParts {
  readonly driver?: OutputDriver;
  readonly line?: RigLine;
  /** What the board answers, where that is not what an Uno does. */
  readonly answer?: (message: HostMessage) => readonly BoardMessage[] | undefined;
}

/** A session against a board that answers within two milliseconds. */
export const rigFor = (options: unknown, { driver, answer, line }: RigParts = {}): Rig => {
  const { codec, session } = firmataParts(driver);
  const board: FarEnd = (bytes) =>
    written(bytes).flatMap((message) => {
      const usual = ANSWERS[message.kind];
      const answers = answer?.(message) ?? (usual === undefined ? [] : [usual]);
      return answers.map((each) => ({ afterMs: 2, bytes: said(each) }));
    });
  return createRig(codec, session(optionsOf(options)), board, line);
};
