import { decodeLeaf, readAttestation, type Statement } from '@outpost/schemas/evidence';
import { manualClock } from '@outpost/schemas/testing';
import type { ClockAnchor, MonoNs } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { KIND, originOfKind, readAttested } from '../record/entry.ts';
import type { Point } from '../store/point.ts';
import { newTestBox, type TestBox } from './testing.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
/** 2027-01-15: when the readings of these tests are truly made. */
const TRUE_WALL = 1_800_000_000_000_000_000n;
const MONO_START = 1_000_000_000n;

interface Written {
  readonly monos: readonly MonoNs[];
  readonly sequences: readonly number[];
  readonly anchors: readonly ClockAnchor[];
  readonly statements: readonly Statement[];
}

const writtenBy = async ({ opened: { journal } }: TestBox): Promise<Written> => {
  const monos: MonoNs[] = [];
  const sequences: number[] = [];
  const anchors: ClockAnchor[] = [];
  const statements: Statement[] = [];
  for await (const { kind, bytes } of journal.read(journal.start, journal.end)) {
    const leaf = originOfKind(kind) === undefined ? undefined : decodeLeaf(bytes);
    if (leaf?.ok) {
      const { mono, sequence, body } = leaf.value;
      monos.push(mono);
      sequences.push(sequence);
      if (body.kind === 'anchor') anchors.push(body.anchor);
    }
    const attested = kind === KIND.attestation ? readAttested(bytes) : undefined;
    const attestation = attested?.ok ? readAttestation(attested.value.bytes) : undefined;
    if (attestation?.ok) statements.push(attestation.value.statement);
  }
  return { monos, sequences, anchors, statements };
};

/** Everything is in order: no sequence twice or missing, no time going back, all of it under one signature each. */
const expectOrdered = ({ monos, sequences, statements }: Written): void => {
  expect(sequences).toEqual(sequences.map((_, i) => i));
  expect(monos).toEqual([...monos].sort((a, b) => Number(a - b)));
  const covered = statements.flatMap(({ firstSequence, size }) =>
    Array.from({ length: size }, (_, i) => firstSequence + i),
  );
  expect(covered).toEqual(sequences);
};

/** The points of the device's own readings, by the number that each says. */
const pointsOf = ({ influx }: TestBox): ReadonlyMap<number, Point> =>
  new Map(
    [...influx.points.values()]
      .filter(({ measurement }) => measurement === 'vehicle')
      .map((point) => [point.floats?.['value'] ?? -1, point]),
  );

const say = async (box: TestBox, from: number, to: number): Promise<void> => {
  for (let number = from; number < to; number += 1) {
    await box.say(number);
    await box.clock.advance(SECOND);
  }
};

const signed = (box: TestBox, readings: number): Promise<void> =>
  box.until('all are signed', () => box.opened.attestTally.readings === readings);

describe('a clock that cannot be believed', () => {
  it('that is set late: readings are signed as of an unknown time, and reach InfluxDB at the true one', async () => {
    // No battery: the box believes it is 1970 until a server answers.
    await using box = await newTestBox(manualClock(0n, MONO_START));
    box.trust = 'none';
    await say(box, 0, 20);
    await signed(box, 21);
    await box.until('it was looked at', () => box.storeTally.waiting >= 21);
    expect(pointsOf(box).size).toBe(0);

    const passed = box.clock.mono() - MONO_START;
    box.clock.step(Number((TRUE_WALL + passed - box.clock.wall()) / 1_000_000n));
    box.trust = 'ntp';
    await say(box, 20, 25);
    await signed(box, 27);
    await box.until('all are stored', () => pointsOf(box).size === 25);

    const written = await writtenBy(box);
    expectOrdered(written);
    expect(written.anchors.map(({ trust }) => trust)).toEqual(['none', 'ntp']);
    expect(
      new Set(
        written.statements.map(({ anchor, firstSequence }) => [anchor.trust, firstSequence < 21].join()),
      ),
    ).toEqual(new Set(['none,true', 'ntp,false']));
    for (const [number, { at, tags }] of pointsOf(box)) {
      const sequence = number < 20 ? number + 1 : number + 2;
      const mono = written.monos[written.sequences.indexOf(sequence)] ?? 0n;
      expect((at - TRUE_WALL - (mono - MONO_START)) / 1_000_000n).toBe(0n);
      expect(tags['trust']).toBeUndefined();
    }
    expect(box.storeTally.deadLettered).toBe(0);
  });

  it('that is never set: readings are stored all the same, after a bounded time, and say so', async () => {
    await using box = await newTestBox(manualClock(0n, MONO_START));
    box.trust = 'none';
    await say(box, 0, 5);
    await box.until('they wait', () => box.storeTally.waiting > 0);
    const stored = (): boolean => pointsOf(box).size === 5 && box.storeTally.waiting === 0;
    await box.until('they are stored', stored, 5 * SECOND);
    expect([...pointsOf(box).values()].map(({ tags }) => tags['trust'])).toEqual(Array(5).fill('none'));
    expect(box.storeTally.deadLettered).toBe(0);
  });

  it('that steps back an hour: order is kept, each batch states the clock it was made by, nothing is overwritten', async () => {
    await using box = await newTestBox(manualClock(TRUE_WALL, MONO_START));
    await say(box, 0, 10);
    box.clock.step(-HOUR);
    await say(box, 10, 20);
    await signed(box, 22);
    await box.until('all are stored', () => pointsOf(box).size === 20);

    const written = await writtenBy(box);
    expectOrdered(written);
    const [first, second] = written.anchors.map(({ wall, mono }) => wall - mono);
    expect(written.anchors).toHaveLength(2);
    expect(Number((second ?? 0n) - (first ?? 0n)) / 1e6).toBe(-HOUR);
    for (const { anchor, firstSequence, size } of written.statements) {
      expect(
        written.anchors.indexOf(written.anchors.find(({ mono }) => mono === anchor.mono) ?? anchor),
      ).toBe(firstSequence + size <= 11 ? 0 : 1);
    }
    const points = pointsOf(box);
    const at = (number: number): number => Number((points.get(number)?.at ?? 0n) / 1_000_000n);
    expect(at(10) - at(9)).toBe(SECOND - HOUR);
    expect(at(19) - at(10)).toBe(9 * SECOND);
    expect(box.storeTally.deadLettered).toBe(0);
  });
});
