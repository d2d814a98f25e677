import { asciiBytes, type Body, type Fault, monoNs, type Observation } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import type { Observed } from './adapter.ts';
import { positionBody } from './gnss/position.ts';
import { redact } from './privacy.ts';

const home = { name: 'home', latitude: 481_173_000, longitude: 115_166_667, radiusM: 500 };
const fault: Fault = { kind: 'malformed', code: 'x', where: 'x', words: 'x' };
const frame = asciiBytes('$GPRMC,here');
const other = asciiBytes('7E804410C1AF8');
const place = (latitude: number): Body => positionBody({ fix: '3d', latitude, longitude: home.longitude });
const speed: Body = { kind: 'number', signal: 2, mantissa: 10, ecu: 0 };
const said = (body: Body, raw: Uint8Array): Observation => ({
  body,
  raw,
  mono: monoNs(7n),
  origin: 'simulated',
});

const observed = (readings: readonly Observation[], quarantined: readonly Uint8Array[] = []): Observed => ({
  readings,
  quarantined: quarantined.map((raw) => ({ fault, raw, mono: monoNs(8n) })),
  kept: () => undefined,
  refused: () => undefined,
});

const parts = { zones: [home], bearsPosition: true, origin: 'simulated' as const };
const bytesOf = ({ readings, quarantined }: Observed) =>
  [...readings, ...quarantined].map(({ raw }) => raw.length);

describe('privacy zones', () => {
  it('put a mark without a frame in the place of a position inside, and let one outside pass', () => {
    const { readings } = redact(
      observed([said(place(481_173_000), frame), said(place(482_000_000), other)]),
      parts,
    );
    expect(readings).toEqual([
      said({ kind: 'redacted', what: 'position', reason: 'zone' }, new Uint8Array(0)),
      said(place(482_000_000), other),
    ]);
  });

  it('take the frame from everything that came with such a position', () => {
    const brought = observed(
      [said(place(481_173_000), frame), said(speed, frame), said(speed, other)],
      [frame, other],
    );
    const left = redact(brought, { ...parts, bearsPosition: false });
    expect(left.readings.map(({ body }) => body.kind)).toEqual(['redacted', 'number', 'number']);
    expect(bytesOf(left)).toEqual([0, 0, other.length, 0, other.length]);
  });

  it('keep no byte of a frame that may hold a position and cannot be read, and say so', () => {
    const left = redact(observed([], [frame]), parts);
    expect(left.quarantined).toEqual([{ fault, raw: new Uint8Array(0), mono: monoNs(8n) }]);
    expect(left.readings).toMatchObject([
      { body: { kind: 'redacted', reason: 'unreadable' }, mono: 8n, origin: 'simulated' },
    ]);
  });

  it('put what they say of an unreadable frame where it belongs in time', () => {
    const at = (mono: bigint): Observation => ({ ...said(speed, other), mono: monoNs(mono) });
    const left = redact(observed([at(1n), at(8n), at(9n)], [frame]), parts);
    expect(left.readings.map(({ body, mono }) => [body.kind, mono])).toEqual([
      ['number', 1n],
      ['number', 8n],
      ['redacted', 8n],
      ['number', 9n],
    ]);
  });

  it('leave everything as it is where there are none', () => {
    const brought = observed([said(place(481_173_000), frame)], [frame]);
    expect(redact(brought, { ...parts, zones: [] })).toBe(brought);
  });
});
