import { fromHex, monoAfterMs, monoNs, toHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { diagnosisRows, grown } from './diagnosis.ts';
import type { EcuAnswer } from './question.ts';
import { newRow, type Row } from './schedule.ts';
import type { Ecu } from './turn.ts';

const NOW = monoNs(1_000_000_000n);
const LATER = monoAfterMs(NOW, 5_000);

const unit = (address: number, ...pids: readonly number[]): Ecu => ({
  address,
  padding: 'padded',
  pids: new Set(pids),
  infoTypes: new Set(),
});
const answer = (ecu: number, payload: string): EcuAnswer => ({
  ecu,
  payload: fromHex(payload) ?? new Uint8Array(0),
  padding: 'padded',
  carriers: [],
});
const asked = (rows: readonly Row[]): readonly string[] =>
  rows.filter(({ retired }) => !retired).map(({ request }) => toHex(request ?? new Uint8Array(0)));
const rowOf = (request: string): Row => newRow(fromHex(request), 1_000, NOW, undefined);

describe('what a fault left behind', () => {
  it('is asked for a minute after the car was found, monitors only on CAN', () => {
    const onCan = diagnosisRows([unit(0x7e8), unit(0x18daf110)], NOW);
    expect(asked(onCan)).toEqual(['020200', '0600']);
    expect(onCan.map(({ due }) => due)).toEqual([monoAfterMs(NOW, 60_000), monoAfterMs(NOW, 60_000)]);
    expect(asked(diagnosisRows([unit(0x10)], NOW))).toEqual(['020200']);
  });

  it('is the frame of each control unit that names a code, as far as it offers the parameter live', () => {
    const ecus = [unit(0x7e8, 0x05, 0x0c, 0x21), unit(0x7e9, 0x0d)];
    const code = rowOf('020200');
    const rows = grown([code], code, [answer(0x7e8, '4202000104'), answer(0x7e9, '4202000000')], ecus, NOW);
    expect(asked(rows)).toEqual(['020200', '020500', '020c00']);
  });

  it('is read anew when the code is read again, and no more when there is none', () => {
    const ecus = [unit(0x7e8, 0x05)];
    const code = rowOf('020200');
    const rows = grown([code], code, [answer(0x7e8, '4202000104')], ecus, NOW);
    const waiting = rows.map((row) => ({ ...row, due: monoAfterMs(NOW, 3_600_000) }));
    const again = grown(waiting, code, [answer(0x7e8, '4202000105')], ecus, LATER);
    expect(again.length).toBe(2);
    expect(again[1]?.due).toBe(LATER);
    expect(asked(grown(again, code, [answer(0x7e8, '4202000000')], ecus, LATER))).toEqual(['020200']);
  });

  it('is every monitor that one of the lists names, each once, and the next list', () => {
    const list = rowOf('0600');
    const rows = grown([list], list, [answer(0x7e8, '4600C0000001'), answer(0x7e9, '460080000000')], [], NOW);
    expect(asked(rows)).toEqual(['0600', '0601', '0602', '0620']);
    expect(grown(rows, list, [answer(0x7e8, '4600C0000001')], [], NOW)).toEqual(rows);
  });

  it('is nothing more after any other answer', () => {
    const rows = [rowOf('010c')];
    expect(grown(rows, rowOf('010c'), [answer(0x7e8, '410C1AF8')], [], NOW)).toBe(rows);
    expect(grown(rows, rowOf('0601'), [answer(0x7e8, '46010A0B0DC009001000')], [], NOW)).toBe(rows);
  });
});
