import { fromHex } from '@outpost/schemas/words';
import { DEFAULT_TIMEOUT_MS, type Flow, type Header, PROTOCOL_TEXT, TIMEOUT_STEP_MS } from '../settings.ts';
import { type Act, accept, does, hex, print, type Row, set } from './reply.ts';

const isOn = (match: RegExpExecArray): boolean => match[1] === '1';

/**
 * `SP 6`, `SP A6`, `SP 0`, `SP A`: a digit alone is a choice, `A` before it a suggestion to start searching with.
 * `SP` is kept without power, `TP` is not.
 */
const selectProtocol: Act = ({ settings, memory, profile }, match) => {
  const [, verb = '', digits = ''] = match;
  const suggested = digits.length === 2 && digits.startsWith('A');
  const protocol = suggested ? digits.charAt(1) : digits;
  if (PROTOCOL_TEXT[protocol] === undefined || (digits.length === 2 && !suggested)) return undefined;
  if (/[ABC]/.test(protocol) && !profile.protocols.test(protocol)) return undefined;
  const auto = suggested || protocol === '0';
  return {
    settings: { ...settings, protocol, auto, found: undefined, awake: false },
    memory: verb === 'S' ? { ...memory, protocol, auto } : memory,
    lines: ['OK'],
  };
};

/** Steps of 4 ms, 00 is the default; what was set stays as short as it was made (ELM327 data sheet). */
const timeoutMs = (match: RegExpExecArray): number => hex(match[1]) * TIMEOUT_STEP_MS || DEFAULT_TIMEOUT_MS;

const headerOf = (digits: string): Header => ({ value: hex(digits), digits: digits.length });

const setReceive = (digits: string): { receive: string | undefined; filter: undefined; mask: undefined } => ({
  receive: digits === '' ? undefined : digits,
  filter: undefined,
  mask: undefined,
});

/** Modes 1 and 2 need the bytes first, mode 1 also the header; without them the chip answers `?`. */
const flowMode: Act = ({ settings, memory }, match) => {
  const mode = Number(match[1]) as Flow['mode'];
  const { header, bytes } = settings.flow;
  if (mode > 0 && bytes === undefined) return undefined;
  if (mode === 1 && header === undefined) return undefined;
  return { settings: { ...settings, flow: { ...settings.flow, mode } }, memory, lines: ['OK'] };
};

const flow = (change: (digits: string) => Partial<Flow>): Act =>
  set((match, settings) => ({ flow: { ...settings.flow, ...change(match[1] ?? '') } }));

const HEADER = '((?:[0-9A-F]{3}|[0-9A-F]{6}|[0-9A-F]{8}))';

/** What is about the bus, in capitals without spaces and without its `AT`. */
// biome-ignore format: a table reads by columns
export const BUS_ROWS: readonly Row[] = [
  [/^([ST])P([0-9A-C]{1,2})$/, selectProtocol],
  [/^PC$/, set(() => ({ found: undefined, awake: false }))],
  [/^H([01])$/, set((m) => ({ headers: isOn(m) }))],
  [/^D([01])$/, set((m) => ({ lengthDigit: isOn(m) })), 1.3],
  [/^CAF([01])$/, set((m) => ({ autoFormat: isOn(m) }))],
  [/^CFC([01])$/, set((m) => ({ flowControl: isOn(m) }))],
  [/^AT([012])$/, set((m) => ({ adaptive: Number(m[1]) as 0 | 1 | 2 })), 1.2],
  [/^ST([0-9A-F]{2})$/, set((m) => ({ timeoutMs: timeoutMs(m) }))],
  [/^CTM([15])$/, set((m) => ({ timeoutFactor: isOn(m) ? 1 : 5 })), 2.1],
  [/^R([01])$/, set((m) => ({ waits: isOn(m) }))],
  [/^CP([01][0-9A-F])$/, set((m) => ({ priority: hex(m[1]) }))],
  [new RegExp(`^SH${HEADER}$`), set((m) => ({ header: headerOf(m[1] ?? '') }))],
  [/^TA([0-9A-F]{2})$/, set((m) => ({ tester: hex(m[1]) })), 1.4],
  [/^CEA([0-9A-F]{2})?$/, set((m) => ({ extended: m[1] === undefined ? undefined : hex(m[1]) })), 1.4],
  [/^CRA((?:[0-9A-FX]{3}|[0-9A-FX]{8})?)$/, ({ settings, memory, profile }, m) => {
    const digits = m[1] ?? '';
    if (digits.includes('X') && !profile.filtersByDigit) return undefined;
    return { settings: { ...settings, ...setReceive(digits) }, memory, lines: ['OK'] };
  }, 1.3],
  [/^AR$/, set(() => setReceive(''))],
  [/^CF([0-9A-F]{3}|[0-9A-F]{8})$/, set((m) => ({ filter: hex(m[1]), receive: undefined }))],
  [/^CM([0-9A-F]{3}|[0-9A-F]{8})$/, set((m) => ({ mask: hex(m[1]) }))],
  [new RegExp(`^FCSH${HEADER}$`), flow((digits) => ({ header: headerOf(digits) })), 1.1],
  [/^FCSD((?:[0-9A-F]{2}){1,5})$/, flow((digits) => ({ bytes: fromHex(digits) })), 1.1],
  [/^FCSM([012])$/, flowMode, 1.1],
  [/^KW$/, print(() => '1:08 2:08'), 1.3],
  [/^MA$/, does({ kind: 'monitor' })],
  [/^M[RT][0-9A-F]{2}$/, does({ kind: 'monitor' })],
  // Accepted because nothing that they change can be seen on these buses: unasked nobody speaks, nothing is lost.
  [/^(?:AL|NL|BI|SS|KW[01]|IB(?:10|48|96)|SI|FI|IIA[0-9A-F]{2}|SW[0-9A-F]{2}|SR[0-9A-F]{2})$/, accept],
  [/^(?:V[01]|RTR|IFR[012HS]|WM(?:[0-9A-F]{2}){1,6}|RA[0-9A-F]{2}|PB[0-9A-F]{4})$/, accept, 1.3],
  [/^(?:CSM[01]|JTM[15]|JHF[01]|JE|JS|AMC|AMT[0-9A-F]{2})$/, accept, 1.4],
  [/^(?:CER[0-9A-F]{2}|FT(?:[0-9A-F]{2})?)$/, accept, 2.2],
];
