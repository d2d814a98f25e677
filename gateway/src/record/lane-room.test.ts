import { describe, expect, it } from 'vitest';
import type { JournalRoom } from '../journal/state.ts';
import { COVERAGE_RESERVE_BYTES, newLaneRoom } from './lane-room.ts';

const MIB = 1 << 20;
const PLENTY = 4096 * MIB;

const laneRoom = (bytesMax: number = PLENTY) => {
  const left: { -readonly [key in keyof JournalRoom]: JournalRoom[key] } = {
    diskBytes: PLENTY,
    capBytes: PLENTY,
  };
  return { left, room: newLaneRoom({ room: () => left }, { directory: '/data', bytesMax }) };
};

describe('the room of the lanes', () => {
  it('refuses coverage below the reserve of the disk, in words, and telemetry never', () => {
    const { left, room } = laneRoom();
    left.diskBytes = COVERAGE_RESERVE_BYTES;
    expect(room.admit('coverage')).toBeUndefined();
    left.diskBytes = COVERAGE_RESERVE_BYTES - 1;
    expect(room.admit('coverage')).toMatchObject({ kind: 'refused', code: 'coverage.disk-full' });
    expect(room.admit('coverage')?.words).toContain('63 MiB are left on the disk');
    left.diskBytes = 0;
    left.capBytes = 0;
    expect(room.admit('telemetry')).toBeUndefined();
  });

  it('takes coverage again at twice the reserve and not before', () => {
    const { left, room } = laneRoom();
    const answers = [0.9, 1.1, 1.9, 2, 1.1, 0.9, 1.1].map((times) => {
      left.diskBytes = times * COVERAGE_RESERVE_BYTES;
      return room.admit('coverage') === undefined;
    });
    expect(answers).toEqual([false, false, false, true, true, false, false]);
  });

  it('keeps an eighth of a small journal for telemetry', () => {
    const { left, room } = laneRoom(64 * MIB);
    left.capBytes = 8 * MIB;
    expect(room.admit('coverage')).toBeUndefined();
    left.capBytes = 8 * MIB - 1;
    expect(room.admit('coverage')?.code).toBe('coverage.journal-full');
    left.capBytes = 16 * MIB;
    expect(room.admit('coverage')).toBeUndefined();
  });

  it('goes by the cap alone where the file system does not say what is free', () => {
    const { left, room } = laneRoom();
    left.diskBytes = undefined;
    expect(room.admit('coverage')).toBeUndefined();
    left.capBytes = 0;
    expect(room.admit('coverage')?.code).toBe('coverage.journal-full');
  });
});
