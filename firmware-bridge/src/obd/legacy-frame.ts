import { concatBytes, type Fault, fail, fault, ok, type Result } from '@outpost/schemas/words';

/**
 * The buses before CAN, by how their frames are built: SAE J1850 in its two forms, ISO 9141-2, and ISO 14230-4
 * (KWP 2000), whichever way it was woken.
 */
export type LegacyBus = 'pwm' | 'vpw' | 'iso9141' | 'kwp';

/** One frame of such a bus: three bytes of header, the data, one byte of checksum. */
export interface LegacyFrame {
  /** Address of the control unit that sent it. */
  readonly ecu: number;
  /** Service and parameters. */
  readonly data: Uint8Array;
}

const HEADER_BYTES = 3;
const CHECKSUM_BYTES = 1;

/** Service and six bytes: what SAE J1979 allows in one frame of the first three. */
const DATA_MAX_BYTES = 7;

/** Address of a tester, which answers on ISO 14230-4 are sent to. */
const TESTER = 0xf1;
/** What answers on the others are sent to: everybody who listens for functional answers. */
const FUNCTIONAL_ANSWER = 0x6b;

const FIRST_BYTE = { pwm: 0x41, vpw: 0x48, iso9141: 0x48 } as const;

/** In the format byte of ISO 14230-2: an address follows, and so many bytes of data. */
const ADDRESSED = 0x80;
const LENGTH_BITS = 0x3f;

const CRC_POLYNOMIAL = 0x1d;

/** CRC-8 of SAE J1850: polynomial 1D, all ones before, complement after; `123456789` gives 4B. */
export const crcJ1850 = (bytes: Uint8Array): number => {
  let crc = 0xff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = ((crc << 1) ^ (crc >= 0x80 ? CRC_POLYNOMIAL : 0)) & 0xff;
  }
  return crc ^ 0xff;
};

/** Sum of all bytes, modulo 256 (ISO 9141-2, ISO 14230-2). */
export const checkSum = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0);

const checksumOf = (bus: LegacyBus, bytes: Uint8Array): number =>
  bus === 'pwm' || bus === 'vpw' ? crcJ1850(bytes) : checkSum(bytes);

const broken = (code: string, words: string): { readonly ok: false; readonly fault: Fault } =>
  fail(fault('malformed', `legacy.${code}`, 'frame', words));

const isHeaderOf = (bus: LegacyBus, [first = 0, target]: Uint8Array): boolean =>
  bus === 'kwp'
    ? (first & ADDRESSED) !== 0 && target === TESTER
    : first === FIRST_BYTE[bus] && target === FUNCTIONAL_ANSWER;

const readAs = (bus: LegacyBus, bytes: Uint8Array): Result<LegacyFrame> => {
  const checked = bytes.subarray(0, -CHECKSUM_BYTES);
  const data = checked.subarray(HEADER_BYTES);
  if (data.length === 0) return broken('length', `a frame of ${bytes.length} bytes carries nothing`);
  if (!isHeaderOf(bus, bytes)) return broken('header', 'the header is not that of an answer to a tester');
  if (checksumOf(bus, checked) !== bytes.at(-1)) return broken('checksum', 'the checksum does not hold');
  const [format = 0, , ecu = 0] = bytes;
  if (bus === 'kwp' && (format & LENGTH_BITS) !== data.length) {
    return broken('length', `a frame announces ${format & LENGTH_BITS} bytes and carries ${data.length}`);
  }
  if (bus !== 'kwp' && data.length > DATA_MAX_BYTES) {
    return broken('length', `a frame carries ${data.length} bytes of at most ${DATA_MAX_BYTES}`);
  }
  return ok({ ecu, data });
};

const ALL_BUSES: readonly LegacyBus[] = ['pwm', 'vpw', 'iso9141', 'kwp'];

/**
 * Reads one frame as the bus carried it, checksum included. Where the bus is not known, its kind follows from the
 * header; VPW and ISO 9141-2 have the same, and then the checksum decides. Faults are `malformed`: `legacy.length`,
 * `legacy.header`, `legacy.checksum`.
 */
export const readLegacyFrame = (bytes: Uint8Array, bus: LegacyBus | undefined): Result<LegacyFrame> => {
  if (bus !== undefined) return readAs(bus, bytes);
  const tried = ALL_BUSES.filter((one) => isHeaderOf(one, bytes)).map((one) => readAs(one, bytes));
  return (
    tried.find(({ ok: isWhole }) => isWhole) ??
    tried[0] ??
    broken('header', 'the header is not that of an answer to a tester')
  );
};

/** The exact inverse, for simulators. Throws a RangeError for data that one frame cannot carry. */
export const encodeLegacyFrame = (bus: LegacyBus, { ecu, data }: LegacyFrame): Uint8Array => {
  const most = bus === 'kwp' ? LENGTH_BITS : DATA_MAX_BYTES;
  if (data.length === 0 || data.length > most) throw new RangeError(`a frame carries 1 to ${most} bytes`);
  const header =
    bus === 'kwp'
      ? Uint8Array.of(ADDRESSED | data.length, TESTER, ecu)
      : Uint8Array.of(FIRST_BYTE[bus], FUNCTIONAL_ANSWER, ecu);
  const checked = concatBytes(header, data);
  return concatBytes(checked, Uint8Array.of(checksumOf(bus, checked)));
};
