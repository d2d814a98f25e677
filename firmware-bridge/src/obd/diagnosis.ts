import { decodeSupported, FREEZE_DTC_PID, FREEZE_FRAME, isBitmapPid } from '@outpost/schemas/vehicle';
import { equalBytes, type MonoNs, monoAfterMs } from '@outpost/schemas/words';
import type { EcuAnswer } from './question.ts';
import { newRow, type Row, URGENT_WEIGHT } from './schedule.ts';
import type { Ecu } from './turn.ts';

/**
 * What a fault left behind: the freeze frame (service 02) and the results of on-board monitors (06). What there is to
 * ask is found out while the car is read, so the schedule grows by it.
 */

const FREEZE = 0x02;
const MONITORS = 0x06;

const HOUR_MS = 3_600_000;
/** A new fault changes the frame; nothing else does. */
const FREEZE_CODE_EVERY_MS = 600_000;
/** Values that move go first. */
const FIRST_AFTER_MS = 60_000;

/** Control units of a CAN bus have identifiers; before CAN there are addresses of one byte, and another service 06. */
const ADDRESS_MAX = 0xff;

/** What SAE J1979 asks of a frame, and what manufacturers usually add. */
const FROZEN_PIDS: readonly number[] = [
  0x03, 0x04, 0x05, 0x06, 0x07, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x1f, 0x2f, 0x42, 0x46,
];

const laterRow = (request: Uint8Array, everyMs: number, now: MonoNs): Row => ({
  ...newRow(request, everyMs, now, undefined, URGENT_WEIGHT),
  due: monoAfterMs(now, FIRST_AFTER_MS),
  waitMs: FIRST_AFTER_MS,
});

/** The code that stored the frame, and the list of monitors; those only on CAN, where service 06 has one layout. */
export const diagnosisRows = (ecus: readonly Ecu[], now: MonoNs): readonly Row[] => {
  const code = laterRow(Uint8Array.of(FREEZE, FREEZE_DTC_PID, FREEZE_FRAME), FREEZE_CODE_EVERY_MS, now);
  const isCan = ecus.length > 0 && ecus.every(({ address }) => address > ADDRESS_MAX);
  return isCan ? [code, laterRow(Uint8Array.of(MONITORS, 0x00), HOUR_MS, now)] : [code];
};

const withRequests = (rows: readonly Row[], requests: readonly Uint8Array[], now: MonoNs): readonly Row[] => {
  const missing = requests.filter(
    (request) => !rows.some((row) => row.request !== undefined && equalBytes(row.request, request)),
  );
  return [...rows, ...missing.map((request) => newRow(request, HOUR_MS, now, undefined))];
};

const isFrozenValue = ({ request }: Row): boolean => request?.[0] === FREEZE && request[1] !== FREEZE_DTC_PID;

/** Payload of the answer: 42 02 00 and the two bytes of the code; 0000 is none. */
const holdsFrame = ({ payload }: EcuAnswer): boolean => payload[3] !== 0 || payload[4] !== 0;

/** Reads the frame once more when a code stored it, and no more when there is none. */
const growFreeze = (
  rows: readonly Row[],
  answers: readonly EcuAnswer[],
  ecus: readonly Ecu[],
  now: MonoNs,
): readonly Row[] => {
  const frozen = new Set(answers.filter(holdsFrame).map(({ ecu }) => ecu));
  const holders = ecus.filter(({ address }) => frozen.has(address));
  const pids = FROZEN_PIDS.filter((pid) => holders.some((unit) => unit.pids.has(pid)));
  const requests = pids.map((pid) => Uint8Array.of(FREEZE, pid, FREEZE_FRAME));
  const woken = rows.map((row) => {
    if (!isFrozenValue(row)) return row;
    return { ...row, retired: frozen.size === 0, due: now, waitMs: 1, misses: 0 };
  });
  return withRequests(woken, requests, now);
};

const growMonitors = (rows: readonly Row[], answers: readonly EcuAnswer[], now: MonoNs): readonly Row[] => {
  const listed = answers.flatMap(({ payload }) => {
    const monitors = decodeSupported(payload[1] ?? 0, payload.subarray(2));
    return monitors.ok ? monitors.value : [];
  });
  const requests = [...new Set(listed)].toSorted((a, b) => a - b).map((id) => Uint8Array.of(MONITORS, id));
  return withRequests(rows, requests, now);
};

/** The schedule after a row's answers were believed: what they list is asked for from now on. */
export const grown = (
  rows: readonly Row[],
  { request }: Row,
  answers: readonly EcuAnswer[],
  ecus: readonly Ecu[],
  now: MonoNs,
): readonly Row[] => {
  const [service, parameter = -1] = request ?? [];
  if (service === FREEZE && parameter === FREEZE_DTC_PID) return growFreeze(rows, answers, ecus, now);
  if (service === MONITORS && isBitmapPid(parameter)) return growMonitors(rows, answers, now);
  return rows;
};
