import { monoNs, type TimeTrust } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Clocks, DATING_LIMITS, type Dated, openDating } from './anchors.ts';
import type { StoreRecord } from './records.ts';
import { anchor, anchorAt, EPOCH_A, EPOCH_B, opened, reading, WALL_START } from './testing/records.ts';

const NEVER = monoNs(0n);
const NO_CLOCKS: Clocks = new Map();

/** `number of the record: milliseconds since the start, trust`, in the order in which times were settled. */
const shown = ({ record, wall, trust }: Dated): string => {
  const which = record.kind === 'reading' ? record.sequence : record.kind;
  return `${which}: ${wall === undefined ? 'unknown' : Number(wall - WALL_START) / 1e6}, ${trust}`;
};

const date = (records: readonly StoreRecord[], limits = DATING_LIMITS, clocks = NO_CLOCKS) => {
  const dating = openDating(limits, clocks);
  const dated = records.flatMap((record, i) => dating.accept(record, i, NEVER));
  return { dating, dated, shown: dated.map(shown) };
};

describe('a reading is dated', () => {
  it('by the anchor in force, before and after a step of the clock', () => {
    const { shown, dating } = date([
      opened(),
      anchor({ sequence: 0, ms: 0 }, 'ntp'),
      reading({ sequence: 1, ms: 100 }),
      anchor({ sequence: 2, ms: 200 }, 'ntp', -5_000),
      reading({ sequence: 3, ms: 300 }),
    ]);
    expect(shown).toEqual([
      'epoch-opened: 0, ntp',
      '0: 0, ntp',
      '1: 100, ntp',
      '2: -5000, ntp',
      '3: -4900, ntp',
    ]);
    expect(dating.waiting()).toBe(0);
  });

  it('by the first trusted anchor of its epoch where there was none before, however far the clock was off', () => {
    const { shown, dating } = date([
      opened(),
      anchor({ sequence: 0, ms: 0 }, 'none', -1.6e12),
      reading({ sequence: 1, ms: 100 }),
      reading({ sequence: 2, ms: 60_000 }),
      anchor({ sequence: 3, ms: 60_100 }, 'ntp', 60_100),
      reading({ sequence: 4, ms: 60_200 }),
    ]);
    expect(shown).toEqual([
      'epoch-opened: 0, ntp',
      '0: 0, ntp',
      '1: 100, ntp',
      '2: 60000, ntp',
      '3: 60100, ntp',
      '4: 60200, ntp',
    ]);
    expect(dating.firstWaiting()).toBeUndefined();
  });

  it('by the last trusted anchor where trust was lost again', () => {
    const { shown } = date([
      anchor({ sequence: 0, ms: 0 }, 'gnss'),
      anchor({ sequence: 1, ms: 100 }, 'none', 9_999_999),
      reading({ sequence: 2, ms: 200 }),
    ]);
    expect(shown).toEqual(['0: 0, gnss', '1: 100, gnss', '2: 200, gnss']);
  });

  it('by what is known once waiting has lasted too long on the monotonic clock, and not before', () => {
    const untrusted = [
      anchor({ sequence: 0, ms: 0 }, 'none', 50),
      reading({ sequence: 1, ms: 1_000 }),
      reading({ sequence: 2, ms: 600_000 }),
    ];
    expect(date(untrusted).shown).toEqual([]);
    expect(date([...untrusted, reading({ sequence: 3, ms: 600_500 })]).shown).toEqual(['0: 50, none']);
    const trusted = anchor({ sequence: 3, ms: 601_001 }, 'ntp', 0);
    expect(date([...untrusted, trusted]).shown).toEqual([
      '0: 50, none',
      '1: 1050, none',
      '2: -1001, ntp',
      '3: 0, ntp',
    ]);
  });

  it('by what is known when its epoch ends', () => {
    const { shown } = date([
      anchor({ sequence: 0, ms: 0 }, 'none', 50),
      reading({ sequence: 1, ms: 100 }),
      opened(EPOCH_B),
      anchor({ sequence: 0, ms: 9_000, epoch: EPOCH_B }, 'ntp', 7_000),
    ]);
    expect(shown).toEqual(['0: 50, none', '1: 150, none', 'epoch-opened: 7000, ntp', '0: 7000, ntp']);
  });

  it('by nothing where no anchor of its epoch is known any more, and that is said', () => {
    const { shown } = date([reading({ sequence: 5, ms: 0 }), opened(EPOCH_B)]);
    expect(shown).toEqual(['5: unknown, none']);
  });

  it('apart from other streams, whose clocks are their own', () => {
    const { shown, dating } = date([
      anchor({ sequence: 0, ms: 0 }, 'none'),
      anchor({ sequence: 0, ms: 0, device: 'van' }, 'ntp', 1_000),
      reading({ sequence: 1, ms: 100 }),
      reading({ sequence: 1, ms: 100, device: 'van' }),
    ]);
    expect(shown).toEqual(['0: 1000, ntp', '1: 1100, ntp']);
    expect(dating.waiting()).toBe(2);
    expect(dating.firstWaiting()).toBe(0);
  });
});

describe('waiting', () => {
  it('has a maximum: the oldest is let go first', () => {
    const limits = { ...DATING_LIMITS, waitingMax: 2 };
    const { shown, dating } = date(
      [0, 1, 2, 3].map((sequence) =>
        sequence === 0 ? anchor({ sequence, ms: 0 }, 'none', 50) : reading({ sequence, ms: sequence }),
      ),
      limits,
    );
    expect(shown).toEqual(['0: 50, none', '1: 51, none']);
    expect(dating.waiting()).toBe(2);
  });

  it('ends where the journal stays silent', () => {
    const dating = openDating(DATING_LIMITS, NO_CLOCKS);
    dating.accept(anchor({ sequence: 0, ms: 0 }, 'none', 50), 0, monoNs(10n));
    dating.accept(reading({ sequence: 1, ms: 1 }), 1, monoNs(20n));
    expect(dating.release(monoNs(10n)).map(shown)).toEqual([]);
    expect(dating.release(monoNs(20n)).map(shown)).toEqual(['0: 50, none']);
    expect(dating.release(monoNs(21n)).map(shown)).toEqual(['1: 51, none']);
  });

  it('an attestation waits with the readings under it, or says its own time where its stream has moved on', () => {
    const attestation = {
      kind: 'attestation',
      device: 'car',
      stream: 'car/telemetry',
      epoch: EPOCH_A,
      counter: 0,
      size: 2,
      bytes: 300,
      mono: reading({ sequence: 1, ms: 100 }).mono,
      anchor: anchorAt(0, 'none', 50),
      ordinal: 9n,
    } as const;
    const before = [anchor({ sequence: 0, ms: 0 }, 'none', 50), reading({ sequence: 1, ms: 100 })];
    const trusted = anchor({ sequence: 2, ms: 200 }, 'ntp', 900);
    expect(date([...before, attestation, trusted]).shown).toContain('attestation: 800, ntp');
    expect(date([...before, opened(EPOCH_B), attestation]).shown).toContain('attestation: 150, none');
  });
});

/** A journal of one stream: epochs with anchors of any trust, steps of the clock, and readings between. */
const journal = fc
  .array(
    fc.record({
      what: fc.constantFrom('reading', 'reading', 'reading', 'anchor', 'epoch'),
      afterMs: fc.constantFrom(0, 1, 1_000, 300_000),
      trust: fc.constantFrom<TimeTrust>('none', 'none', 'rtc', 'ntp'),
      offMs: fc.integer({ min: -1e9, max: 1e9 }),
    }),
    { maxLength: 60 },
  )
  .map((steps) => {
    let ms = 0;
    let sequence = 0;
    let epoch = 0;
    const records: StoreRecord[] = [];
    for (const { what, afterMs, trust, offMs } of [
      { what: 'epoch', afterMs: 0, trust: 'none', offMs: 0 } as const,
      ...steps,
    ]) {
      ms += afterMs;
      if (what === 'epoch') {
        epoch += 1;
        sequence = 0;
        records.push(opened(String(epoch).padStart(32, '0'), 'car/telemetry', BigInt(records.length)));
      }
      const plan = { epoch: String(epoch).padStart(32, '0'), sequence, ms };
      sequence += 1;
      records.push(what === 'reading' ? reading(plan) : anchor(plan, trust, ms + offMs));
    }
    return records;
  });

const keyed = (dated: readonly Dated[]): ReadonlyMap<string, string> =>
  new Map(
    dated.map((each) => {
      const { record } = each;
      const key = record.kind === 'reading' ? `${record.epoch} ${record.sequence}` : `${record.kind}`;
      return [record.kind === 'epoch-opened' ? `${key} ${record.epoch}` : key, shown(each)];
    }),
  );

it('dates every record alike wherever reading begins again, from the clocks as they stood there', () => {
  fc.assert(
    fc.property(journal, fc.nat(), (records, cut) => {
      const whole = date(records);
      const first = openDating(DATING_LIMITS, NO_CLOCKS);
      const end = records.length === 0 ? 0 : cut % records.length;
      const settled = records.slice(0, end).flatMap((record, i) => first.accept(record, i, NEVER));
      // What waits is not committed: reading begins again at the first of them, with the clocks of that place.
      const from = first.firstWaiting() ?? end;
      const clocks = openDating(DATING_LIMITS, NO_CLOCKS);
      for (const [i, record] of records.slice(0, from).entries()) clocks.accept(record, i, NEVER);
      const again = date(records.slice(from), DATING_LIMITS, clocks.clocks());
      expect(new Map([...keyed(settled), ...keyed(again.dated)])).toEqual(keyed(whole.dated));
    }),
  );
});

it('settles each record once and keeps the rest: settled and waiting are all', () => {
  fc.assert(
    fc.property(journal, fc.integer({ min: 1, max: 20 }), (records, waitingMax) => {
      const { dated, dating } = date(records, { ...DATING_LIMITS, waitingMax });
      expect(dated.length + dating.waiting()).toBe(records.length);
      expect(new Set(dated.map(({ record }) => record)).size).toBe(dated.length);
      expect(dating.waiting()).toBeLessThanOrEqual(waitingMax);
    }),
  );
});
