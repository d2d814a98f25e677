import { fail, fault, ok, type Result } from '../words/index.ts';
import { dtcText } from './dtc.ts';

/** Bits of the status byte that stands behind each code (ISO 14229-1, annex D.2). */
export const DTC_STATUS = {
  testFailed: 0x01,
  testFailedThisCycle: 0x02,
  pending: 0x04,
  confirmed: 0x08,
  notCompletedSinceClear: 0x10,
  failedSinceClear: 0x20,
  notCompletedThisCycle: 0x40,
  warningLamp: 0x80,
} as const;

/** One code with its status byte. */
export interface UdsDtc {
  /** `P0104-1A`: the code of SAE J2012, then its failure type as two hex digits. */
  readonly code: string;
  readonly status: number;
}

/** Sub-function `reportDTCByStatusMask` of service 19. */
export const REPORT_BY_STATUS_MASK = 0x02;

/** Confirmed and pending codes: what services 03 and 07 list. */
export const CONFIRMED_OR_PENDING = DTC_STATUS.confirmed | DTC_STATUS.pending;

const BYTES_PER_CODE = 4;

/**
 * The codes in a reply to service 19 02: the bytes after `59 02`, which are the mask of the status bits that the
 * control unit knows, then three bytes of code and one of status each. Bits outside that mask are cleared, because
 * they mean nothing. 000000 is padding. Faults are `malformed`, `uds.dtc-length`.
 */
export const decodeUdsDtcs = (bytes: Uint8Array): Result<readonly UdsDtc[]> => {
  const [mask] = bytes;
  if (mask === undefined || (bytes.length - 1) % BYTES_PER_CODE !== 0) {
    const words = `${bytes.length} bytes are no status mask and a whole number of codes`;
    return fail(fault('malformed', 'uds.dtc-length', 'trouble codes', words));
  }
  const codes: UdsDtc[] = [];
  for (let at = 1; at < bytes.length; at += BYTES_PER_CODE) {
    const [high = 0, low = 0, type = 0, status = 0] = bytes.subarray(at, at + BYTES_PER_CODE);
    if (high === 0 && low === 0 && type === 0) continue;
    const suffix = type.toString(16).toUpperCase().padStart(2, '0');
    codes.push({ code: `${dtcText((high << 8) | low)}-${suffix}`, status: status & mask });
  }
  return ok(codes);
};

/** The texts of the codes of which one of the bits of `mask` is set, in the order of the reply. */
export const codesWithStatus = (codes: readonly UdsDtc[], mask: number): readonly string[] =>
  codes.filter(({ status }) => (status & mask) !== 0).map(({ code }) => code);
