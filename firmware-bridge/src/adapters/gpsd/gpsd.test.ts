import { asciiBytes, asciiText, wallNs } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { positionBody } from '../../gnss/position.ts';
import { createRig } from '../../testing/rig.ts';
import { gpsdCodec } from './codec.ts';
import type { GpsdEvent } from './event.ts';
import { redecode } from './redecode.ts';
import { gpsdSession } from './session.ts';
import vectors from './vectors/reports.json' with { type: 'json' };

const decode = (text: string) => gpsdCodec.event.decode(asciiBytes(text))[0]?.result;
const optional = (min: number, max: number) => fc.option(fc.integer({ min, max }), { nil: undefined });

describe('a report', () => {
  it.each(vectors.tpv)('$report says what it says', ({ report, fix }) => {
    const { at, ...rest } = { at: undefined, ...fix };
    const expected =
      fix === null
        ? undefined
        : { ...rest, ...(at === undefined ? {} : { fixedAt: wallNs(BigInt(Date.parse(at)) * 1_000_000n) }) };
    const found = decode(`${report}\n`);
    if (found?.ok !== true || found.value.kind !== 'tpv') throw new Error('no TPV');
    expect(JSON.stringify(found.value.fix, bigints)).toBe(
      JSON.stringify(found.value.fix && { ...found.value.fix, ...expected }, bigints),
    );
    if (expected === undefined) expect(found.value.fix).toBeUndefined();
    else expect(found.value.fix).toMatchObject(expected);
  });

  it.each(vectors.refused.filter((text) => text !== ''))(
    '%s is refused, without a word of what it holds',
    (text) => {
      expect(decode(`${text}\n`)).toMatchObject({ ok: false, fault: { kind: 'malformed' } });
    },
  );

  it('comes back from what was written', () => {
    const events: fc.Arbitrary<GpsdEvent> = fc
      .record({
        latitude: fc.integer({ min: -900_000_000, max: 900_000_000 }),
        longitude: fc.integer({ min: -1_800_000_000, max: 1_800_000_000 }),
        altitudeCm: fc.integer({ min: -1_000_000, max: 10_000_000 }),
        speedCmS: optional(0, 10_000_000),
        courseCdeg: optional(0, 35_999),
        fixedAt: fc.option(
          fc.integer({ min: 0, max: 4_000_000_000_000 }).map((ms) => wallNs(BigInt(ms) * 1_000_000n)),
          { nil: undefined },
        ),
      })
      .map((fix) => ({ kind: 'tpv' as const, fix: { fix: '3d' as const, ...fix }, simulated: false }));
    fc.assert(
      fc.property(events, (event) => {
        const raw = gpsdCodec.event.encode(event);
        expect(gpsdCodec.event.decode(raw)).toEqual([{ raw, result: { ok: true, value: event } }]);
        if (event.kind === 'tpv' && event.fix !== undefined)
          expect(redecode(raw)).toEqual([positionBody(event.fix)]);
      }),
    );
  });

  it('of any bytes does not throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => gpsdCodec.event.decode(bytes).length < 2),
    );
  });
});

const bigints = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

describe('the dialogue', () => {
  it('asks to be told, takes positions, and opens anew when nothing comes', () => {
    const rig = createRig(gpsdCodec, gpsdSession({ everyMs: 1_000 }), () => []);
    expect(rig.sent.map(asciiText)).toEqual(['?WATCH={"enable":true,"json":true};\n']);
    const tpv = vectors.tpv[0]?.report ?? '';
    for (const text of [
      '{"class":"VERSION","release":"3.25"}',
      '{"class":"DEVICES","devices":[]}',
      ...new Array<string>(5).fill(tpv),
      '{',
    ]) {
      rig.receive(asciiBytes(`${text}\n`));
    }
    expect(rig.said).toHaveLength(1);
    expect(rig.fates.map((fate) => (fate.kind === 'dropped' ? fate.reason : fate.kind))).toEqual([
      'control',
      'control',
      'settling',
      'settling',
      'settling',
      'observed',
      'not-due',
      'quarantined',
    ]);
    expect(rig.statuses.map(({ phase }) => phase)).toEqual(['waiting', 'no-receiver', 'fixed']);
    rig.run(30_000);
    expect(rig.reopen?.code).toBe('gpsd.silent');
  });

  it('says that a simulated receiver is one', () => {
    const rig = createRig(gpsdCodec, gpsdSession({ everyMs: 100 }), () => []);
    const report = (status: string): void => {
      rig.receive(asciiBytes(`{"class":"TPV","mode":2,"lat":1,"lon":2${status}}\n`));
      rig.run(1_000);
    };
    for (const status of ['', ',"status":8', '', '', ',"status":8']) report(status);
    expect(rig.said.map(({ origin }) => origin)).toEqual(['simulated', 'simulated']);
  });
});
