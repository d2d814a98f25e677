import { asciiText, fail, fault, ok, type Result } from '../words/index.ts';
import { isVin } from './vin.ts';

/** Active trouble codes of one control unit (SAE J1939-73, DM1). */
export interface ActiveCodes {
  /** `SPN110-FMI0`: suspect parameter and failure mode. */
  readonly codes: readonly string[];
  /** Whether the malfunction lamp is lit; undefined where the control unit has no say in it. */
  readonly isLampOn: boolean | undefined;
}

const LAMP_BYTES = 2;
const BYTES_PER_CODE = 4;

const malformed = (words: string): { readonly ok: false; readonly fault: ReturnType<typeof fault> } =>
  fail(fault('malformed', 'j1939.dm1', 'active trouble codes', words));

/** Two bits: 0 off, 1 on, 2 reserved, 3 not available. */
const lampOf = (bits: number): boolean | undefined => {
  if (bits > 1) return undefined;
  return bits === 1;
};

/**
 * Reads the bytes of a DM1, joined where it came in several packets. The list is empty where its only entry is all
 * zeros, as the standard writes it, or all ones; two bytes of FF may fill up a single frame. Faults are `malformed`,
 * `j1939.dm1`: another length, or a code in one of the numberings before version 4, which cannot be told apart.
 */
export const decodeDm1 = (bytes: Uint8Array): Result<ActiveCodes> => {
  const list = bytes.length === 8 ? bytes.subarray(LAMP_BYTES, 6) : bytes.subarray(LAMP_BYTES);
  if (bytes.length < LAMP_BYTES + BYTES_PER_CODE || list.length % BYTES_PER_CODE !== 0) {
    return malformed(`${bytes.length} bytes are no lamps and a whole number of codes`);
  }
  const codes: string[] = [];
  for (let from = 0; from < list.length; from += BYTES_PER_CODE) {
    const [low = 0, middle = 0, high = 0, last = 0] = list.subarray(from, from + BYTES_PER_CODE);
    const spn = low | (middle << 8) | ((high >> 5) << 16);
    const isNone = spn === 0 || (low === 0xff && middle === 0xff && high === 0xff);
    if (isNone) continue;
    if ((last & 0x80) !== 0) return malformed('a code in a numbering before version 4');
    codes.push(`SPN${spn}-FMI${high & 0x1f}`);
  }
  return ok({ codes, isLampOn: lampOf((bytes[0] ?? 0) >> 6) });
};

/**
 * The vehicle identification number in a reply to group 65260: text that an asterisk ends, with nothing behind it
 * but filling. Faults are `malformed`, `j1939.vin`.
 */
export const decodeVehicleIdentification = (bytes: Uint8Array): Result<string> => {
  const [vin = '', rest = ''] = asciiText(bytes).split('*', 2);
  if (isVin(vin) && /^[\0\xff]*$/.test(rest)) return ok(vin);
  return fail(fault('malformed', 'j1939.vin', 'vehicle identification number', 'not 17 VIN characters'));
};
