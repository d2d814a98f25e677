import { fromHex, monoNs } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { answerBodies, matchAnswer } from './answer.ts';
import { DEFAULT_OBD_OPTIONS } from './options.ts';
import { judgePack, type PackRecords, packedFrames, packedRequest, packFailed, packWith } from './pack.ts';
import type { EcuAnswer, Reply } from './question.ts';
import { newSchedule, type Row } from './schedule.ts';
import { type Ecu, newCarFacts } from './turn.ts';

const NOW = monoNs(1_000_000_000n);
const CAR = newCarFacts(NOW);
const bytes = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(0);

const ecu = (address: number, pids: readonly number[]): Ecu => ({
  address,
  padding: 'padded',
  pids: new Set(pids),
  infoTypes: new Set(),
});

/** Rows of live values that have each been answered alone three times. */
const rowsOf = (ecus: readonly Ecu[], pids: readonly number[]): readonly Row[] => {
  const options = { ...DEFAULT_OBD_OPTIONS, poll: pids.map((pid) => ({ pid, everyMs: 1_000 })) };
  return newSchedule(options, ecus, NOW)
    .filter(({ request, retired }) => request?.[0] === 0x01 && !retired)
    .map((row) => ({ ...row, sameFrames: 3 }));
};

const reply = (...answers: readonly (readonly [number, string])[]): Reply => ({
  verdict: 'answered',
  answers: answers.map(
    ([address, hex]): EcuAnswer => ({ ecu: address, payload: bytes(hex), padding: 'padded', carriers: [] }),
  ),
  refusals: new Map(),
  fault: undefined,
});

const NONE: PackRecords = new Map();

describe('rows that share a request', () => {
  const rows = rowsOf(
    [ecu(0x7e8, [4, 5, 0x0b, 0x0c, 0x0d, 0x11, 0x0f])],
    [4, 5, 0x0b, 0x0c, 0x0d, 0x11, 0x0f],
  );

  it('are six at most, and as many as the owner allows', () => {
    expect(packWith(rows, 0, NONE, CAR, NOW, 6)).toHaveLength(6);
    expect(packWith(rows, 0, NONE, CAR, NOW, 2)).toHaveLength(2);
    expect(packWith(rows, 0, NONE, CAR, NOW, 1)).toEqual([0]);
  });

  it('were each answered alone before', () => {
    const fresh = rows.map((row, index) => (index < 5 ? { ...row, sameFrames: 1 } : row));
    expect(packWith(fresh, 5, NONE, CAR, NOW, 6)).toEqual([5, 6]);
    expect(packWith(fresh, 0, NONE, CAR, NOW, 6)).toEqual([0]);
  });

  it('are answered by the same control units', () => {
    const two = rowsOf([ecu(0x7e8, [4, 5, 0x0c]), ecu(0x7e9, [5, 0x0c])], [4, 5, 0x0c]);
    const pids = packWith(two, 1, NONE, CAR, NOW, 6).map((index) => two[index]?.request?.[1]);
    expect(pids).toEqual([5, 0x0c]);
  });

  it('have no number that control units fill their frames up with', () => {
    const filling = rowsOf([ecu(0x7e8, [4, 5, 0x55, 0xaa])], [4, 5, 0x55, 0xaa]);
    const packed = packWith(filling, 0, NONE, CAR, NOW, 6).map((index) => filling[index]?.request?.[1]);
    expect(packed).toEqual([4, 5]);
  });

  it('have one scale and one length', () => {
    const rescaled = { ...CAR, rescaled: new Map([[0x7e8, new Set([0x0b])]]) };
    const packed = packWith(rows, 0, NONE, rescaled, NOW, 6).map((index) => rows[index]?.request?.[1]);
    expect(packed).not.toContain(0x0b);
    const trims = rowsOf([ecu(0x7e8, [4, 6])], [4, 6]);
    expect(packWith(trims, 0, NONE, CAR, NOW, 6)).toEqual([0]);
  });
});

describe('the answer to several parameters', () => {
  const rows = rowsOf([ecu(0x7e8, [5, 0x0c])], [5, 0x0c]);
  const judged = (answer: Reply): string => judgePack(rows, answer, NONE, CAR, NOW).verdict;

  it('is asked for in one request', () => {
    expect(packedRequest(rows)).toEqual(bytes('01050C'));
    expect(matchAnswer(bytes('01050C'), bytes('4105780C1AF8'))).toMatchObject({ ok: true });
    expect(matchAnswer(bytes('01050C'), bytes('410D320C1AF8'))).toMatchObject({ ok: false });
    expect(matchAnswer(bytes('0105'), bytes('4105780C1AF8'))).toMatchObject({ ok: false });
  });

  it('is believed in any order', () => {
    expect(judged(reply([0x7e8, '4105780C1AF8']))).toBe('believed');
    expect(judged(reply([0x7e8, '410C1AF80578']))).toBe('believed');
  });

  it.each([
    ['a part of it', reply([0x7e8, '410578'])],
    ['one twice', reply([0x7e8, '41057805780C1AF8'])],
    ['another control unit', reply([0x7e9, '4105780C1AF8'])],
    ['one more control unit', reply([0x7e8, '4105780C1AF8'], [0x7e9, '410578'])],
    ['one byte more', reply([0x7e8, '4105780C1AF800'])],
    ['nobody', reply()],
    ['a refusal beside it', { ...reply([0x7e8, '4105780C1AF8']), refusals: new Map([[0x7e9, 0x12]]) }],
  ])('is not believed with %s', (_, answer) => {
    expect(judged(answer)).toBe('refused');
  });

  it('says all of its values, by the payload alone', () => {
    expect(answerBodies(0x7e8, bytes('4105780C1AF8'))).toMatchObject({
      ok: true,
      value: [{ mantissa: 80 }, { signal: 2, mantissa: 172_600 }],
    });
    expect(answerBodies(0x7e8, bytes('4105780C1A'))).toMatchObject({ ok: false });
    expect(answerBodies(0x7e8, bytes('410578FE00'))).toMatchObject({ ok: false });
  });

  it('is told to the device once it has come twice', () => {
    expect(packedFrames(rows, NONE, CAR)).toBeUndefined();
    let records = NONE;
    for (let times = 0; times < 2; times += 1) {
      records = judgePack(rows, reply([0x7e8, '4105780C1AF8']), records, CAR, NOW).records;
    }
    expect(packedFrames(rows, records, CAR)).toBe(1);
    expect(packedFrames(rows, packFailed(rows, records, CAR, NOW), CAR)).toBeUndefined();
  });

  it('is not asked for again after it failed three times', () => {
    let records = NONE;
    for (let times = 0; times < 3; times += 1) {
      expect(packWith(rows, 0, records, CAR, NOW, 6)).toEqual([0, 1]);
      records = packFailed(rows, records, CAR, NOW);
    }
    expect(packWith(rows, 0, records, CAR, NOW, 6)).toEqual([0]);
  });
});
