import { CAN_PROTOCOLS, type CanProtocol, FUNCTIONAL_11, FUNCTIONAL_29 } from '../../car/bus.ts';

/** Everything that `AT` commands set and a reset forgets. */
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
  readonly flowControl: boolean;
  /** `ATSP`: 0 to C; 0 with `auto` means search. */
  readonly protocol: string;
  readonly auto: boolean;
  /** What searching found. */
  readonly found: CanProtocol | undefined;
  /** `ATCP`: the upper five bits of a 29-bit identifier. */
  readonly priority: number;
  /** `ATSH`: undefined is the functional address of the protocol. */
  readonly header: { readonly value: number; readonly digits: number } | undefined;
  /** `ATCRA`: hex digits and `X`. */
  readonly receive: string | undefined;
  /** `ATCF` and `ATCM`. */
  readonly filter: number | undefined;
  readonly mask: number | undefined;
}

/** `ATST 32`: 50 × 4 ms. */
export const DEFAULT_TIMEOUT_MS = 200;

export const DEFAULTS: Settings = {
  echo: true,
  linefeeds: false,
  spaces: true,
  headers: false,
  lengthDigit: false,
  autoFormat: true,
  adaptive: 1,
  timeoutMs: DEFAULT_TIMEOUT_MS,
  flowControl: true,
  protocol: '0',
  auto: true,
  found: undefined,
  priority: 0x18,
  header: undefined,
  receive: undefined,
  filter: undefined,
  mask: undefined,
};

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

/** The identifier that a request goes out with. */
export const requestId = ({ header, priority }: Settings, protocol: CanProtocol): number => {
  const long = CAN_PROTOCOLS[protocol].bits === 29;
  if (header === undefined) return long ? FUNCTIONAL_29 : FUNCTIONAL_11;
  if (!long) return header.value & 0x7ff;
  return header.digits === 8 ? header.value & 0x1fffffff : (priority << 24) | (header.value & 0xffffff);
};

/** Whether the receive filter lets an answer through. */
export const receives = ({ receive, filter, mask }: Settings, protocol: CanProtocol, id: number): boolean => {
  if (receive !== undefined) {
    const digits = CAN_PROTOCOLS[protocol].bits === 29 ? 8 : 3;
    const text = id.toString(16).toUpperCase().padStart(digits, '0');
    return (
      text.length === receive.length && [...receive].every((digit, i) => digit === 'X' || digit === text[i])
    );
  }
  return filter === undefined || ((id ^ filter) & (mask ?? -1)) === 0;
};
