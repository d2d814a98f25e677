import { fromHex } from '@outpost/schemas/words';
import type { SleepRules } from '../memory.ts';
import { type Header, type IdFilter, protocolText, STN_LIST_MAX, type StnSettings } from '../settings.ts';
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

/** ST protocol numbers that mean the same as an ELM327 one (STN1100 family reference manual, `STP`). */
const PROTOCOLS: Readonly<Record<string, string>> = {
  '11': '1',
  '12': '2',
  '21': '3',
  '23': '4',
  '24': '5',
  '31': '6',
  '32': '7',
  '33': '6',
  '34': '7',
};

const BAUD_ERROR_MAX = 0.03;
/** Its serial clock, of which the rates are whole parts. */
const BAUD_CLOCK = 16_000_000;

const stn = (change: (match: RegExpExecArray, before: StnSettings) => Partial<StnSettings>): Act =>
  set((match, settings) => ({ stn: { ...settings.stn, ...change(match, settings.stn) } }));

const selectProtocol: Act = ({ settings, memory }, match) => {
  const protocol = PROTOCOLS[match[1] ?? ''];
  if (protocol === undefined) return undefined;
  const chosen = { protocol, auto: false, found: undefined, awake: false };
  return { settings: { ...settings, ...chosen }, memory, lines: ['OK'] };
};

/** `STPBR 250000`: another bit rate for the CAN protocol that is chosen. */
const protocolRate: Act = ({ settings, memory }, match) => {
  const long = /[79]/.test(settings.protocol);
  if (!/[6789]/.test(settings.protocol)) return undefined;
  const rates: Readonly<Record<string, string>> = {
    '500000': long ? '7' : '6',
    '250000': long ? '9' : '8',
    '125000': 'B',
  };
  const protocol = rates[match[1] ?? ''];
  if (protocol === undefined) return undefined;
  return { settings: { ...settings, protocol, found: undefined }, memory, lines: ['OK'] };
};

/** The ST number of the protocol in use; 0 where none is known yet. */
const protocolNumber = ({ settings }: Bench): string => {
  const inUse = settings.found ?? settings.protocol;
  const own: Readonly<Record<string, string>> = { '6': '33', '7': '34', '8': '33', '9': '34' };
  return own[inUse] ?? Object.entries(PROTOCOLS).find(([, elm]) => elm === inUse)?.[0] ?? '0';
};

/** Rates that its clock cannot make to 3 % are refused. */
const changeBaud =
  (onTrial: boolean): Act =>
  ({ settings, memory, profile }, match) => {
    const wanted = Number(match[1]);
    if (wanted < 38 || wanted > (profile.stn?.baudMax ?? 0)) return undefined;
    const made = BAUD_CLOCK / Math.max(1, Math.round(BAUD_CLOCK / wanted));
    if (Math.abs(made - wanted) / wanted > BAUD_ERROR_MAX) return undefined;
    return { settings, memory, lines: ['OK'], effect: { kind: 'baud', baud: wanted, onTrial } };
  };

const filterOf = ([, pattern, mask]: RegExpExecArray): IdFilter => ({
  pattern: hex(pattern),
  mask: hex(mask) & 0x1fffffff,
});

const addFilter =
  (kind: 'pass' | 'block'): Act =>
  ({ settings, memory }, match) => {
    const before = settings.stn[kind];
    if (before.length >= STN_LIST_MAX) return undefined;
    const after = { ...settings.stn, [kind]: [...before, filterOf(match)] };
    return { settings: { ...settings, stn: after }, memory, lines: ['OK'] };
  };

const addPair: Act = ({ settings, memory }, [, transmit, receive]) => {
  const { flowPairs } = settings.stn;
  if (flowPairs.length >= STN_LIST_MAX) return undefined;
  const pair = { transmit: hex(transmit), receive: hex(receive) };
  const after = { ...settings.stn, flowPairs: [...flowPairs, pair] };
  return { settings: { ...settings, stn: after }, memory, lines: ['OK'] };
};

const ID = '([0-9A-F]{3}|[0-9A-F]{8})';

/** The parts of `STPX H:7E0,D:010C,T:100,R:1`, each at most once; undefined where there is another. */
const partsOf = (text: string): ReadonlyMap<string, string> | undefined => {
  const parts = new Map<string, string>();
  for (const part of text.split(',')) {
    const match = /^([HDTR]):([0-9A-F]*)$/.exec(part);
    if (match === null || parts.has(match[1]!)) return undefined;
    parts.set(match[1]!, match[2]!);
  }
  return parts;
};

/** More than this no control unit of these cars takes in one message. */
const REQUEST_MAX_BYTES = 4_095;

const transmit: Act = ({ settings, memory }, match) => {
  const parts = partsOf(match[1] ?? '');
  const digits = parts?.get('D') ?? '';
  const bytes = fromHex(digits);
  if (parts === undefined || bytes === undefined || bytes.length === 0) return undefined;
  if (bytes.length > REQUEST_MAX_BYTES) return undefined;
  const header = parts.get('H');
  if (header !== undefined && !/^(?:.{3}|.{6}|.{8})$/.test(header)) return undefined;
  const numbers = [parts.get('T'), parts.get('R')].filter((text) => text !== undefined);
  if (numbers.some((text) => !/^\d{1,5}$/.test(text))) return undefined;
  const own: Header | undefined =
    header === undefined ? undefined : { value: hex(header), digits: header.length };
  const replies = parts.has('R') ? Number(parts.get('R')) : undefined;
  return {
    settings,
    memory,
    lines: [],
    effect: {
      kind: 'request',
      bytes,
      header: own,
      timeoutMs: parts.has('T') ? Number(parts.get('T')) : undefined,
      lines: replies === 0 ? undefined : replies,
    },
  };
};

const sleeping = (change: (match: RegExpExecArray, sleep: SleepRules) => Partial<SleepRules>): Act =>
  keep((match, memory) => ({ ...memory, sleep: { ...memory.sleep, ...change(match, memory.sleep) } }));

const isOn = (text: string | undefined): boolean => text === 'ON';

const onOff = (on: boolean): string => (on ? 'ON' : 'OFF');

/** `STSLCS`: what is configured, a line each. */
const sleepLines: Act = ({ settings, memory }) => {
  const { idle, low, high, uartWakes } = memory.sleep;
  const lines = [
    `CTRL MODE:  NATIVE`,
    `PWR CTRL:   LOW POWER = LOW`,
    `UART SLP:   ${onOff(idle.on)}, ${idle.afterS} s`,
    `UART WAKE:  ${onOff(uartWakes)}, 0-30000 us`,
    `VL SLEEP:   ${onOff(low.on)}, <${low.volts.toFixed(2)}V FOR ${low.forS} s`,
    `VL WAKE:    ${onOff(high.on)}, >${high.volts.toFixed(2)}V FOR ${high.forS} s`,
  ];
  return { settings, memory, lines };
};

// biome-ignore format: a table reads by columns
const ROWS: readonly Row[] = [
  [/^I$/, print(({ profile }) => profile.stn?.firmware ?? '')],
  [/^DIX?$/, print(({ profile }) => profile.stn?.device ?? '')],
  [/^MFR$/, print(() => 'Outpost')],
  [/^SN$/, print(({ profile }) => profile.stn?.serial ?? '')],
  [/^VR$/, print(({ supplyVolts }) => supplyVolts.toFixed(2))],
  [/^P([0-9]{2})$/, selectProtocol],
  [/^PR$/, print(protocolNumber)],
  [/^PRS$/, print(({ settings }) => protocolText(settings))],
  [/^PBR([0-9]{1,7})$/, protocolRate],
  [/^PO$/, accept],
  [/^PC$/, set(() => ({ found: undefined, awake: false }))],
  [/^PTO([0-9]{1,5})$/, set((m) => ({ timeoutMs: Math.max(1, Number(m[1])), adaptive: 0 }))],
  [/^PTOT([0-9]{1,5})$/, accept],
  [/^SBR([0-9]{2,7})$/, changeBaud(false)],
  [/^BR([0-9]{2,7})$/, changeBaud(true)],
  [/^BRT([0-9]{1,5})$/, set((m) => ({ handshakeMs: Number(m[1]) }))],
  [/^WBR$/, (bench) => ({ settings: bench.settings, memory: { ...bench.memory, baud: bench.baud }, lines: ['OK'] })],
  [new RegExp(`^FAP${ID},${ID}$`), addFilter('pass')],
  [new RegExp(`^FAB${ID},${ID}$`), addFilter('block')],
  [new RegExp(`^FAFC${ID},${ID}$`), accept],
  [/^FCP$/, stn(() => ({ pass: [] }))],
  [/^FCB$/, stn(() => ({ block: [] }))],
  [/^FCFC$/, accept],
  [/^FAC$/, stn(() => ({ pass: [], block: [] }))],
  [new RegExp(`^C(?:AFCP|FCPA)${ID},${ID}$`), addPair],
  [/^C(?:CFCP|FCPC)$/, stn(() => ({ flowPairs: [] }))],
  [/^CSEGR([01])$/, stn((m) => ({ joins: m[1] === '1' }))],
  [/^CSEGT([01])$/, stn((m) => ({ cuts: m[1] === '1' }))],
  [/^MA?$/, does({ kind: 'monitor' })],
  [/^PX(.+)$/, transmit],
  [/^SLEEP([0-9]{0,5})$/, (bench, m) => does({ kind: 'sleep', afterS: Number(m[1]) }, ['OK'])(bench, m)],
  [/^SLU(ON|OFF),(ON|OFF)$/, sleeping((m, { idle }) => ({ idle: { ...idle, on: isOn(m[1]) }, uartWakes: isOn(m[2]) }))],
  [/^SLUIT([0-9]{1,5})$/, sleeping((m, { idle }) => ({ idle: { ...idle, afterS: Number(m[1]) } }))],
  [/^SLUWP[0-9]{1,5},[0-9]{1,5}$/, accept],
  [/^SLVL(ON|OFF),(ON|OFF)$/, sleeping((m, { low, high }) => ({ low: { ...low, on: isOn(m[1]) }, high: { ...high, on: isOn(m[2]) } }))],
  [/^SLVLS<([0-9]{1,2}\.[0-9]{1,2}),([0-9]{1,5})$/, sleeping((m, { low }) => ({ low: { ...low, volts: Number(m[1]), forS: Number(m[2]) } }))],
  [/^SLVLW>([0-9]{1,2}\.[0-9]{1,2}),([0-9]{1,5})$/, sleeping((m, { high }) => ({ high: { ...high, volts: Number(m[1]), forS: Number(m[2]) } }))],
  [/^SLVG(?:ON|OFF)$/, accept],
  [/^SLVGW[+-]?[0-9]{1,2}\.[0-9]{1,2},[0-9]{1,5}$/, accept],
  [/^SLCS$/, sleepLines],
  [/^SLLT$/, ({ settings, memory, lastSleep, lastWake }) => ({ settings, memory, lines: [`SLEEP: ${lastSleep}`, `WAKE:  ${lastWake}`] })],
];

/** The answer to one `ST` command (given without its `ST`); undefined is `?`, as from every chip that is no STN. */
export const stReply = (bench: Bench, text: string): Reply | undefined =>
  bench.profile.stn === undefined ? undefined : answer(ROWS, bench, text);
