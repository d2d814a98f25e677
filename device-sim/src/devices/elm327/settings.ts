import { CAN_PROTOCOLS, type CanProtocol, FUNCTIONAL_11, FUNCTIONAL_29 } from '../../car/bus.ts';
import type { BusProtocol } from './bus-protocol.ts';
import { type Memory, parameterOf } from './memory.ts';

/** Everything that commands set and a reset forgets. */
export interface Settings {
  readonly echo: boolean;
  readonly linefeeds: boolean;
  readonly spaces: boolean;
  readonly headers: boolean;
  readonly lengthDigit: boolean;
  /** `ATCAF`: the chip adds and hides the ISO-TP control bytes. */
  readonly autoFormat: boolean;
  readonly adaptive: 0 | 1 | 2;
  readonly timeoutMs: number;
  /** `ATCTM5`: time-outs on CAN are five times as long. */
  readonly timeoutFactor: 1 | 5;
  /** `ATR0`: does not wait for answers. */
  readonly waits: boolean;
  /** `ATCFC`: answers a first frame by itself. */
  readonly flowControl: boolean;
  /** `ATFCSM`, `ATFCSH`, `ATFCSD`. */
  readonly flow: Flow;
  /** `ATSP`: 0 to C; 0 with `auto` means search. */
  readonly protocol: string;
  readonly auto: boolean;
  /** What searching found. */
  readonly found: BusProtocol | undefined;
  /** A K line that has been woken stays awake until its protocol is closed. */
  readonly awake: boolean;
  /** `ATCP`: the upper five bits of a 29-bit identifier. */
  readonly priority: number;
  /** `ATSH`: undefined is the functional address of the protocol. */
  readonly header: Header | undefined;
  /** `ATTA`: the tester's own address. */
  readonly tester: number;
  /** `ATCEA`: an address byte before the control byte, which no control unit of these cars listens for. */
  readonly extended: number | undefined;
  /** `ATCRA`: hex digits and `X`. */
  readonly receive: string | undefined;
  /** `ATCF` and `ATCM`. */
  readonly filter: number | undefined;
  readonly mask: number | undefined;
  /** `ATBRT`, `STBRT`: how long a new serial rate is on trial. */
  readonly handshakeMs: number;
  /** What only an STN chip has. */
  readonly stn: StnSettings;
}

export interface Header {
  readonly value: number;
  readonly digits: number;
}

/** Mode 0: all by itself; 1: header and data as set; 2: data as set. */
export interface Flow {
  readonly mode: 0 | 1 | 2;
  readonly header: Header | undefined;
  readonly bytes: Uint8Array | undefined;
}

/** One `pattern,mask` of `STFAP` or `STFAB`. */
export interface IdFilter {
  readonly pattern: number;
  readonly mask: number;
}

export interface StnSettings {
  readonly pass: readonly IdFilter[];
  readonly block: readonly IdFilter[];
  /** `STCFCPA`: whom to send flow control for whose answers; any such pair turns the automatic ones off. */
  readonly flowPairs: readonly { readonly transmit: number; readonly receive: number }[];
  /** `STCSEGR`: a long answer is one line. */
  readonly joins: boolean;
  /** `STCSEGT`: a long request is cut into frames. */
  readonly cuts: boolean;
}

/** More filters and pairs than this are refused with `?`. */
export const STN_LIST_MAX = 32;

/** `ATST 32`: 50 × 4 ms. */
export const DEFAULT_TIMEOUT_MS = 200;

export const TIMEOUT_STEP_MS = 4;

export const DEFAULTS: Settings = {
  echo: true,
  linefeeds: false,
  spaces: true,
  headers: false,
  lengthDigit: false,
  autoFormat: true,
  adaptive: 1,
  timeoutMs: DEFAULT_TIMEOUT_MS,
  timeoutFactor: 1,
  waits: true,
  flowControl: true,
  flow: { mode: 0, header: undefined, bytes: undefined },
  protocol: '0',
  auto: true,
  found: undefined,
  awake: false,
  priority: 0x18,
  header: undefined,
  tester: 0xf1,
  extended: undefined,
  receive: undefined,
  filter: undefined,
  mask: undefined,
  handshakeMs: 75,
  stn: { pass: [], block: [], flowPairs: [], joins: false, cuts: false },
};

/** After a start: the defaults as the memory has changed them. */
export const freshSettings = (memory: Memory): Settings => ({
  ...DEFAULTS,
  protocol: memory.protocol,
  auto: memory.auto,
  echo: parameterOf(memory, 0x09) === 0,
  timeoutMs: parameterOf(memory, 0x03) * TIMEOUT_STEP_MS || DEFAULT_TIMEOUT_MS,
});

/** How long the chip waits for an answer, before its make has a say. */
export const waitOf = ({ timeoutMs, timeoutFactor }: Settings): number => timeoutMs * timeoutFactor;

/** As `ATDP` prints them (ELM327 data sheet). */
export const PROTOCOL_TEXT: Readonly<Record<string, string>> = {
  '0': 'AUTO',
  '1': 'SAE J1850 PWM',
  '2': 'SAE J1850 VPW',
  '3': 'ISO 9141-2',
  '4': 'ISO 14230-4 (KWP 5BAUD)',
  '5': 'ISO 14230-4 (KWP FAST)',
  '6': 'ISO 15765-4 (CAN 11/500)',
  '7': 'ISO 15765-4 (CAN 29/500)',
  '8': 'ISO 15765-4 (CAN 11/250)',
  '9': 'ISO 15765-4 (CAN 29/250)',
  A: 'SAE J1939 (CAN 29/250)',
  B: 'USER1 (CAN 11/125)',
  C: 'USER2 (CAN 11/50)',
};

/** `ATDP`. */
export const protocolText = ({ auto, protocol, found }: Settings): string => {
  const name = PROTOCOL_TEXT[found ?? protocol] ?? 'AUTO';
  return auto && name !== 'AUTO' ? `AUTO, ${name}` : name;
};

/** `ATDPN`: `A6` found by searching, `6` chosen. */
export const protocolNumberText = ({ auto, protocol, found }: Settings): string =>
  `${auto ? 'A' : ''}${found ?? protocol}`;

/** The CAN identifier that a header of three, six or eight digits means. */
export const identifierOf = (
  { value, digits }: Header,
  { priority }: Settings,
  protocol: CanProtocol,
): number => {
  if (CAN_PROTOCOLS[protocol].bits === 11) return value & 0x7ff;
  return digits === 8 ? value & 0x1fffffff : priority * 2 ** 24 + (value & 0xffffff);
};

/** The identifier that a request goes out with. */
export const requestId = (settings: Settings, protocol: CanProtocol): number => {
  const { header } = settings;
  if (header !== undefined) return identifierOf(header, settings, protocol);
  return CAN_PROTOCOLS[protocol].bits === 29 ? FUNCTIONAL_29 : FUNCTIONAL_11;
};

const matches = (id: number, { pattern, mask }: IdFilter): boolean => ((id ^ pattern) & mask) === 0;

/** Whether the receive filters let an answer through. */
export const receives = (settings: Settings, protocol: CanProtocol, id: number): boolean => {
  const { receive, filter, mask, stn } = settings;
  if (stn.block.some((one) => matches(id, one))) return false;
  if (stn.pass.length > 0) return stn.pass.some((one) => matches(id, one));
  if (receive !== undefined) {
    const digits = CAN_PROTOCOLS[protocol].bits === 29 ? 8 : 3;
    const text = id.toString(16).toUpperCase().padStart(digits, '0');
    return (
      text.length === receive.length && [...receive].every((digit, i) => digit === 'X' || digit === text[i])
    );
  }
  return filter === undefined || ((id ^ filter) & (mask ?? -1)) === 0;
};
