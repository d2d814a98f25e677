import type { Profile } from './profile.ts';
import {
  DEFAULT_TIMEOUT_MS,
  DEFAULTS,
  PROTOCOL_TEXT,
  protocolNumberText,
  protocolText,
  type Settings,
} from './settings.ts';

/** What else an adapter command does besides changing settings. */
export type Effect =
  /** The chip starts anew and prints its banner. */
  | 'reset'
  /** The same without the lamp test. */
  | 'warm-start'
  /** Listens to the bus until a byte comes. */
  | 'monitor'
  /** Sleeps without a prompt until a byte comes. */
  | 'sleep';

export interface AtReply {
  readonly settings: Settings;
  /** Lines to print; empty where the effect prints. */
  readonly lines: readonly string[];
  readonly effect?: Effect;
}

/** What an adapter command can look at. */
export interface Bench {
  readonly profile: Profile;
  readonly settings: Settings;
  readonly supplyVolts: number;
  readonly ignitionOn: boolean;
}

/** Undefined: the command has this shape and still makes no sense. */
type Act = (bench: Bench, match: RegExpExecArray) => AtReply | undefined;

const OK: readonly string[] = ['OK'];

const set = (change: (match: RegExpExecArray) => Partial<Settings>): Act => {
  return ({ settings }, match) => ({ settings: { ...settings, ...change(match) }, lines: OK });
};

const print = (text: (bench: Bench) => string): Act => {
  return (bench) => ({ settings: bench.settings, lines: [text(bench)] });
};

const does = (effect: Effect, lines: readonly string[] = []): Act => {
  return ({ settings }) => ({ settings, lines, effect });
};

const accept: Act = ({ settings }) => ({ settings, lines: OK });
const hex = (text: string | undefined): number => Number.parseInt(text ?? '0', 16);
const isOn = (match: RegExpExecArray): boolean => match[1] === '1';

/** `SP 6`, `SP A6`, `SP 0`, `SP A`: a digit alone is a choice, `A` before it a suggestion to start searching with. */
const selectProtocol: Act = ({ settings }, match) => {
  const digits = match[1] ?? '';
  const suggested = digits.length === 2 && digits.startsWith('A');
  const protocol = suggested ? digits.charAt(1) : digits;
  if (PROTOCOL_TEXT[protocol] === undefined || (digits.length === 2 && !suggested)) return undefined;
  const auto = suggested || protocol === '0';
  return { settings: { ...settings, protocol, auto, found: undefined }, lines: OK };
};

const timeoutMs = (match: RegExpExecArray): number => hex(match[1]) * 4 || DEFAULT_TIMEOUT_MS;

const setHeader = (match: RegExpExecArray): Partial<Settings> => {
  const digits = match[1] ?? '';
  return { header: { value: hex(digits), digits: digits.length } };
};

const setReceive = ([, digits = '']: RegExpExecArray): Partial<Settings> => ({
  receive: digits === '' ? undefined : digits,
  filter: undefined,
  mask: undefined,
});

const adaptive = (match: RegExpExecArray): Partial<Settings> => ({ adaptive: Number(match[1]) as 0 | 1 | 2 });

const ignition: Act = ({ settings, ignitionOn }) => ({ settings, lines: [ignitionOn ? 'ON' : 'OFF'] });

const voltage = ({ supplyVolts, profile }: Bench): string =>
  `${Math.max(0, supplyVolts + profile.voltageError).toFixed(1)}V`;

/** Every adapter command that is understood, in capitals without spaces and without its `AT`. */
// biome-ignore format: a table reads by columns
const COMMANDS: readonly (readonly [RegExp, Act])[] = [
  [/^Z$/, does('reset')],
  [/^WS$/, does('warm-start')],
  [/^D$/, ({ settings }) => ({ settings: { ...DEFAULTS, found: settings.found, auto: settings.auto, protocol: settings.protocol }, lines: OK })],
  [/^I$/, print(({ profile }) => profile.banner)],
  [/^@1$/, print(({ profile }) => profile.description)],
  [/^E([01])$/, set((m) => ({ echo: isOn(m) }))],
  [/^L([01])$/, set((m) => ({ linefeeds: isOn(m) }))],
  [/^S([01])$/, set((m) => ({ spaces: isOn(m) }))],
  [/^H([01])$/, set((m) => ({ headers: isOn(m) }))],
  [/^D([01])$/, set((m) => ({ lengthDigit: isOn(m) }))],
  [/^CAF([01])$/, set((m) => ({ autoFormat: isOn(m) }))],
  [/^CFC([01])$/, set((m) => ({ flowControl: isOn(m) }))],
  [/^AT([012])$/, set(adaptive)],
  [/^ST([0-9A-F]{2})$/, set((m) => ({ timeoutMs: timeoutMs(m) }))],
  [/^[ST]P([0-9A-C]{1,2})$/, selectProtocol],
  [/^DP$/, print(({ settings }) => protocolText(settings))],
  [/^DPN$/, print(({ settings }) => protocolNumberText(settings))],
  [/^PC$/, set(() => ({ found: undefined }))],
  [/^CP([01][0-9A-F])$/, set((m) => ({ priority: hex(m[1]) }))],
  [/^SH([0-9A-F]{3}|[0-9A-F]{6}|[0-9A-F]{8})$/, set(setHeader)],
  [/^CRA((?:[0-9A-FX]{3}|[0-9A-FX]{8})?)$/, set(setReceive)],
  [/^AR$/, set(() => ({ receive: undefined, filter: undefined, mask: undefined }))],
  [/^CF([0-9A-F]{3}|[0-9A-F]{8})$/, set((m) => ({ filter: hex(m[1]), receive: undefined }))],
  [/^CM([0-9A-F]{3}|[0-9A-F]{8})$/, set((m) => ({ mask: hex(m[1]) }))],
  [/^RV$/, print(voltage)],
  [/^IGN$/, ignition],
  [/^CS$/, print(() => 'T:00 R:00')],
  [/^MA$/, does('monitor')],
  [/^M[RT][0-9A-F]{2}$/, does('monitor')],
  [/^LP$/, does('sleep', OK)],
  // Accepted because nothing that they change can be seen on this bus.
  [/^(?:AL|NL|M[01]|R[01]|V[01]|CSM[01]|CTM[15]|JTM[15]|BI|FE|SS|CEA(?:[0-9A-F]{2})?)$/, accept],
  [/^FC(?:SH(?:[0-9A-F]{3}|[0-9A-F]{6}|[0-9A-F]{8})|SD(?:[0-9A-F]{2}){1,5}|SM[012])$/, accept],
  [/^PP(?:FF|[0-9A-F]{2})(?:SV[0-9A-F]{2}|ON|OFF)$/, accept],
  [/^CV[0-9]{4}$/, accept],
];

/** The answer to one adapter command; undefined is `?`. */
export const atReply = (bench: Bench, text: string): AtReply | undefined => {
  const { profile, settings } = bench;
  if (profile.unknown.test(text)) return undefined;
  if (profile.ignored.test(text)) return { settings, lines: OK };
  for (const [shape, act] of COMMANDS) {
    const match = shape.exec(text);
    if (match !== null) return act(bench, match);
  }
  return undefined;
};
