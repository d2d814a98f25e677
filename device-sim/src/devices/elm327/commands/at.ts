import { enforceParameter, PARAMETER_MAX, parameterLines, storeParameter } from '../memory.ts';
import { freshSettings, protocolNumberText, protocolText } from '../settings.ts';
import { BUS_ROWS } from './at-bus.ts';
import {
  type Act,
  accept,
  answer,
  type Bench,
  does,
  hex,
  keep,
  print,
  type Reply,
  type Row,
  set,
} from './reply.ts';

const isOn = (match: RegExpExecArray): boolean => match[1] === '1';

/** `ATD`: everything but the protocol, which it keeps (ELM327 data sheet). */
const defaults: Act = ({ settings, memory }) => {
  const { found, auto, protocol, awake } = settings;
  return { settings: { ...freshSettings(memory), found, auto, protocol, awake }, memory, lines: ['OK'] };
};

const voltage = ({ supplyVolts, ignitionOn, profile, memory }: Bench): string =>
  `${Math.max(0, profile.reads(supplyVolts, ignitionOn) + memory.voltsAdded).toFixed(1)}V`;

/** `ATCV 1247`: what a meter shows now, 12.47 V; 0000 goes back to the factory's calibration. */
const calibrate: Act = ({ settings, memory, profile, supplyVolts, ignitionOn }, match) => {
  const shown = Number(match[1]) / 100;
  const voltsAdded = shown === 0 ? 0 : shown - profile.reads(supplyVolts, ignitionOn);
  return { settings, memory: { ...memory, voltsAdded }, lines: ['OK'] };
};

/** `ATBRD 23`: 4000 / 0x23 kbit/s, on trial. */
const tryBaud: Act = ({ settings, memory }, match) => {
  const divisor = hex(match[1]);
  if (divisor === 0) return undefined;
  const effect = { kind: 'baud', baud: Math.round(4_000_000 / divisor), onTrial: true } as const;
  return { settings, memory, lines: ['OK'], effect };
};

const saveIdentifier: Act = ({ settings, memory }, match) => {
  // Only once; afterwards the chip answers ?.
  if (memory.identifier !== undefined) return undefined;
  return { settings, memory: { ...memory, identifier: match[1] }, lines: ['OK'] };
};

const identifier: Act = ({ settings, memory }) =>
  memory.identifier === undefined ? undefined : { settings, memory, lines: [memory.identifier] };

const parameter: Act = ({ settings, memory }, match) => {
  const [, digits, verb = '', value] = match;
  const number = hex(digits);
  const all = number === 0xff && verb !== 'SV';
  if (number > PARAMETER_MAX && !all) return undefined;
  const kept =
    verb === 'SV'
      ? storeParameter(memory, number, hex(value))
      : enforceParameter(memory, number, verb === 'ON');
  return { settings, memory: kept, lines: ['OK'] };
};

const list: Act = ({ settings, memory }) => ({ settings, memory, lines: parameterLines(memory) });

/** What is about the chip itself, in capitals without spaces and without its `AT`. */
// biome-ignore format: a table reads by columns
const CHIP_ROWS: readonly Row[] = [
  [/^Z$/, does({ kind: 'reset' })],
  [/^WS$/, does({ kind: 'warm-start' })],
  [/^D$/, defaults],
  [/^I$/, print(({ profile }) => profile.banner)],
  [/^@1$/, print(({ profile }) => profile.description)],
  [/^@2$/, identifier, 1.3],
  [/^@3([0-9A-Z]{12})$/, saveIdentifier, 1.3],
  [/^E([01])$/, set((m) => ({ echo: isOn(m) }))],
  [/^L([01])$/, set((m) => ({ linefeeds: isOn(m) }))],
  [/^S([01])$/, set((m) => ({ spaces: isOn(m) })), 1.3],
  [/^M([01])$/, keep((m, memory) => ({ ...memory, remembers: isOn(m) }))],
  [/^SD([0-9A-F]{2})$/, keep((m, memory) => ({ ...memory, savedByte: hex(m[1]) })), 1.4],
  [/^RD$/, print(({ memory }) => memory.savedByte.toString(16).toUpperCase().padStart(2, '0')), 1.4],
  [/^RV$/, print(voltage)],
  [/^CV([0-9]{4})$/, calibrate],
  [/^IGN$/, print(({ ignitionOn }) => (ignitionOn ? 'ON' : 'OFF')), 1.4],
  [/^LP$/, does({ kind: 'sleep', afterS: 0 }, ['OK']), 1.4],
  [/^BRD([0-9A-F]{2})$/, tryBaud, 1.2],
  [/^BRT([0-9A-F]{2})$/, set((m) => ({ handshakeMs: hex(m[1]) * 5 })), 1.2],
  [/^PP([0-9A-F]{2})(SV)([0-9A-F]{2})$/, parameter, 1.1],
  [/^PP([0-9A-F]{2})(ON|OFF)$/, parameter, 1.1],
  [/^PPS$/, list, 1.1],
  [/^DP$/, print(({ settings }) => protocolText(settings))],
  [/^DPN$/, print(({ settings }) => protocolNumberText(settings))],
  [/^CS$/, print(() => 'T:00 R:00')],
  [/^(?:FE)$/, accept, 1.3],
];

/** The answer to one adapter command; undefined is `?`. */
export const atReply = (bench: Bench, text: string): Reply | undefined => {
  const { profile, settings, memory } = bench;
  if (profile.locksUp.test(text)) return { settings, memory, lines: [], effect: { kind: 'lock-up' } };
  if (profile.unknown.test(text)) return undefined;
  if (profile.ignored.test(text)) return { settings, memory, lines: ['OK'] };
  return answer(CHIP_ROWS, bench, text) ?? answer(BUS_ROWS, bench, text);
};
