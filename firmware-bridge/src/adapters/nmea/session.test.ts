import { asciiBytes, asciiText } from '@outpost/schemas/words';
import { beforeEach, describe, expect, it } from 'vitest';
import { createRig, type Rig } from '../../testing/rig.ts';
import { nmeaCodec } from './codec.ts';
import { redecode } from './redecode.ts';
import { checksum } from './sentence.ts';
import { nmeaSession } from './session.ts';

const line = (text: string): string =>
  `$${text}*${checksum(text).toString(16).toUpperCase().padStart(2, '0')}\r\n`;
const rmc = (time: string, mode = 'A'): string =>
  line(`GPRMC,${time},A,4807.038,N,01131.000,E,022.4,084.4,010126,,,${mode}`);
const gga = (time: string, quality = 1): string =>
  line(`GPGGA,${time},4807.038,N,01131.000,E,${quality},08,0.9,545.4,M,46.9,M,,`);

let rig: Rig;
const hear = (...lines: readonly string[]): void => {
  for (const text of lines) rig.receive(asciiBytes(text));
};

beforeEach(() => {
  rig = createRig(nmeaCodec, nmeaSession({ everyMs: 1_000 }), () => []);
});

describe('a receiver', () => {
  it.each([[[rmc('120000'), gga('120000')]], [[gga('120000'), rmc('120000')]]])(
    'tells one position by the two sentences of one time, in whatever order',
    (lines) => {
      hear(...lines);
      expect(rig.said).toHaveLength(1);
      const [{ body, raw, origin } = expect.fail('nothing was said')] = rig.said;
      expect(body).toMatchObject({ kind: 'position', fix: '3d', latitude: 481_173_000, altitudeCm: 54_540 });
      expect([asciiText(raw), origin]).toEqual([lines.join(''), 'live']);
      expect(redecode(raw)).toEqual([body]);
      expect(rig.fates).toEqual([{ kind: 'observed' }, { kind: 'observed' }]);
    },
  );

  it('tells a position by RMC alone once the next fix or a pause shows that no GGA comes', () => {
    hear(rmc('120000'));
    expect(rig.said).toHaveLength(0);
    rig.run(700);
    expect(rig.said).toHaveLength(1);
    rig.run(300);
    hear(rmc('120001'));
    rig.run(690);
    hear(rmc('120002'));
    expect(rig.said.map(({ body }) => body)).toMatchObject([
      { fix: '2d', altitudeCm: undefined },
      { fix: '2d' },
    ]);
  });

  it('is listened to once in everyMs, and what was not due is counted', () => {
    for (let i = 0; i < 20; i += 1) {
      hear(rmc(`1200${10 + i}`), gga(`1200${10 + i}`));
      rig.run(200);
    }
    expect(rig.said).toHaveLength(4);
    expect(rig.fates.filter((fate) => fate.kind === 'dropped' && fate.reason === 'not-due')).toHaveLength(32);
    expect(rig.undecided).toBe(0);
  });

  it('whose second is not quite ours is heard every second', () => {
    for (let i = 0; i < 10; i += 1) {
      hear(rmc(`1200${10 + i}`), gga(`1200${10 + i}`));
      rig.run(i % 2 === 0 ? 950 : 1_040);
    }
    expect(rig.said).toHaveLength(10);
  });

  it('that only plays one makes simulated positions', () => {
    hear(rmc('120000', 'S'), gga('120000', 8));
    expect(rig.said.map(({ origin }) => origin)).toEqual(['simulated']);
  });

  it('whose position was typed in, or that has none, tells none', () => {
    hear(rmc('120000', 'M'), gga('120000', 7), line('GPRMC,120001,V,,,,,,,010126,,,N'));
    rig.run(1_000);
    expect([rig.said.length, rig.undecided]).toEqual([0, 0]);
    expect(rig.statuses.at(-1)?.phase).toBe('searching');
  });

  it('that says nothing, or garbage, is told about in words that help', () => {
    for (let i = 0; i < 10; i += 1) hear('\u00f3\u009e\u0086x\n');
    expect(rig.statuses.at(-1)).toMatchObject({
      phase: 'garbage',
      words: expect.stringContaining('baud rate'),
    });
    expect(rig.fates.every(({ kind }) => kind === 'quarantined')).toBe(true);
    rig.run(10_000);
    expect(rig.reopen).toMatchObject({ kind: 'unreachable', code: 'nmea.silent' });
  });

  it('may send sentences that are not used, and GGA without RMC, which are counted', () => {
    hear(line('GPGSV,1,1,01,40,083,46,41'), gga('120000'), gga('120001'), rmc('120001'));
    expect(rig.said).toHaveLength(1);
    expect(rig.fates).toEqual([
      { kind: 'dropped', reason: 'not-used' },
      { kind: 'dropped', reason: 'no-rmc' },
      { kind: 'observed' },
      { kind: 'observed' },
    ]);
  });
});
