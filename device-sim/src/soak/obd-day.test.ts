import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kept, KIND, type Offset } from '@outpost/gateway';
import { encodeLeaf } from '@outpost/schemas/evidence';
import { asciiBytes, monoNs } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { newAudit } from './audit.ts';
import { isWhole, type ObdDay, obdDay } from './obd-day.ts';

const reading = (sequence: number, mono: bigint, raw: string, signal = 2): Kept => {
  const body = { kind: 'number', signal, mantissa: 1, ecu: 0x7e8 } as const;
  const salt = new Uint8Array(16);
  const bytes = encodeLeaf({ sequence, mono: monoNs(mono), body, raw: asciiBytes(raw), salt });
  return { kind: KIND.readingSimulated, stream: 1, bytes, offset: 0n as Offset, next: 0n as Offset };
};

const auditOf = (...entries: readonly Kept[]) => {
  const audit = newAudit();
  for (const entry of entries) audit.take(entry);
  return audit.found;
};

describe('the audit of a journal', () => {
  it('counts the lines of an answer once, however many readings stand on it', () => {
    const found = auditOf(
      reading(0, 1n, '7E8A\r7E8B'),
      reading(1, 1n, '7E8A\r7E8B', 3),
      reading(2, 2n, '7E8A\r7E8B'),
      reading(3, 2n, '7E9A'),
    );
    expect(found).toMatchObject({ readings: 4, said: 4, lines: 5, outOfSequence: 0, backInTime: 0 });
    expect([...found.bySignal]).toEqual([
      [2, 3],
      [3, 1],
    ]);
  });

  it('notices a reading that is missing, that comes twice, that goes back in time, and one that does not read', () => {
    expect(auditOf(reading(0, 1n, 'A'), reading(2, 2n, 'B')).outOfSequence).toBe(1);
    expect(auditOf(reading(0, 1n, 'A'), reading(0, 2n, 'B')).outOfSequence).toBe(1);
    expect(auditOf(reading(0, 2n, 'A'), reading(1, 1n, 'B')).backInTime).toBe(1);
    const broken = { ...reading(0, 1n, 'A'), bytes: Uint8Array.of(1, 2, 3) };
    expect(auditOf(broken)).toMatchObject({ unreadable: 1, readings: 0 });
  });
});

describe('a day with a car', () => {
  it('in small: every line of the dongle is accounted for, and what was observed stands on the disk in order', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'outpost-soak-'));
    try {
      const day: ObdDay = await obdDay({ hours: 20 / 3_600, seed: 1, directory });
      expect(day.observed).toBeGreaterThan(150);
      expect(day.kept).toBeGreaterThan(300);
      // The first seconds go into finding the car.
      const steady = { ...day, leastPerSecond: 5 };
      expect([steady, isWhole(steady)]).toEqual([steady, true]);
      expect(isWhole({ ...steady, lost: 1 })).toBe(false);
      expect(isWhole({ ...steady, kept: day.kept + 1 })).toBe(false);
      expect(isWhole({ ...steady, journal: { ...day.journal, outOfSequence: 1 } })).toBe(false);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});
