import type { Question } from '../../obd/question.ts';
import { busOf } from './bus.ts';
import type { Request } from './command.ts';
import type { Turn } from './turn.ts';

/** Addresses of emission-related control units (ISO 15765-4), whose answers and flow control the chip knows by itself. */
const isLawfulPair = (to: number, from: number, idBits: 11 | 29): boolean =>
  idBits === 11
    ? to >= 0x7e0 && to <= 0x7e7 && from === to + 8
    : to >>> 16 === 0x18da && (to & 0xff) === 0xf1 && from === (0x18daf100 | ((to >>> 8) & 0xff)) >>> 0;

/** What the chip lets a control unit do by itself. */
const ALL_AT_ONCE = { blockSize: 0, separationMs: 0 };

/** What a control unit that asked for patience may take (ISO 14229-2, P2*). */
const PATIENT_MS = 5_000;

/**
 * How an STN chip is told header, request and time-out in one line (`STPX`), so that it need not be set to one control
 * unit and back; undefined where it is no such chip, or where the pair of addresses needs filters of its own.
 */
export const stnSend = (
  { facts, options }: Turn,
  { target, patient }: Question,
): Pick<Request, 'header' | 'waitMs'> | undefined => {
  const bus = busOf(facts.protocol);
  if (facts.capabilities['STI'] !== true || facts.capabilities['STPX'] === false) return undefined;
  if (target === undefined || bus?.kind !== 'can') return undefined;
  const { blockSize, separationMs } = target.flowControl ?? ALL_AT_ONCE;
  if (blockSize !== 0 || separationMs !== 0) return undefined;
  if (!isLawfulPair(target.to, target.from, bus.idBits)) return undefined;
  const header = target.to
    .toString(16)
    .toUpperCase()
    .padStart(bus.idBits === 11 ? 3 : 8, '0');
  return { header, waitMs: patient === true ? PATIENT_MS : options.answerTimeoutMs };
};
