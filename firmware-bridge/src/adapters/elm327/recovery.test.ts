import { asciiText, type MonoNs, monoNs } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { createRig, type FarEnd, type Rig, type Sent } from '../../testing/rig.ts';
import { elm327Codec } from './codec.ts';
import { DEFAULT_OPTIONS, type Elm327Options } from './options.ts';
import { GOOD_CAR, line, type Play, playDongle } from './play-dongle.ts';
import { elm327Session } from './session.ts';

const POLL = [0x05, 0x0c, 0x0d].map((pid) => ({ pid, everyMs: 500 }));
const START = monoNs(1_000_000_000n);
const LATENCY_MS = 40;

const text = (letters: string): Uint8Array => Uint8Array.from(letters, (letter) => letter.charCodeAt(0));

const msOf = (now: MonoNs): number => Number(now - START) / 1e6;

/** Damages what is said between two moments. */
type Damage = (sent: readonly Sent[]) => readonly Sent[];

interface Spell {
  readonly fromMs: number;
  readonly toMs: number;
  readonly damage: Damage;
}

const spoilt =
  (farEnd: FarEnd, { fromMs, toMs, damage }: Spell): FarEnd =>
  (bytes, now) => {
    const sent = farEnd(bytes, now);
    return msOf(now) >= fromMs && msOf(now) < toMs ? damage(sent) : sent;
  };

/** Every line ends in its middle; the prompt comes as if nothing were wrong. */
const halves: Damage = (sent) =>
  sent.map(({ afterMs, bytes }) => {
    const lines = asciiText(bytes).split('\r');
    const cut = lines.map((one) => (one.includes('>') ? one : one.slice(0, Math.ceil(one.length / 2))));
    return { afterMs, bytes: text(cut.join('\r')) };
  });

const withoutPrompt: Damage = (sent) =>
  halves(sent).map(({ afterMs, bytes }) => ({ afterMs, bytes: bytes.filter((byte) => byte !== 0x3e) }));

const rubbish: Damage = (sent) =>
  sent.map(({ afterMs, bytes }) => ({
    afterMs,
    bytes: bytes.map((byte, at) => (byte * 31 + at * 7) & 0xff),
  }));

/** Instead of every answer of the car. */
const instead =
  (words: string): Damage =>
  (sent) =>
    sent.map(({ afterMs, bytes }) => ({
      afterMs,
      bytes: asciiText(bytes).startsWith('7E8') ? text(`${words}\r\r>`) : bytes,
    }));

const rigOf = (spell: Spell, replies: Play['replies'] = {}, options: Partial<Elm327Options> = {}): Rig => {
  const session = elm327Session({ ...DEFAULT_OPTIONS, poll: POLL, ...options });
  const far = playDongle({ replies: { ...GOOD_CAR, ...replies }, afterMs: LATENCY_MS });
  return createRig(elm327Codec, session, spoilt(far, spell));
};

/** How long after `fromMs` the engine speed was said again. */
const saidAfterMs = (rig: Rig, fromMs: number): number => {
  rig.run(fromMs - msOf(rig.now));
  rig.said.length = 0;
  for (let ms = 0; ms < 60_000; ms += 50) {
    rig.run(50);
    if (rig.reopen !== undefined) throw new Error(rig.reopen.words);
    if (rig.said.some(({ body }) => body.kind === 'number' && body.signal === 2)) return ms + 50;
  }
  return Number.POSITIVE_INFINITY;
};

describe('after trouble on the way', () => {
  const spells: readonly (readonly [string, Damage])[] = [
    ['half lines', halves],
    ['half lines without a prompt', withoutPrompt],
    ['rubbish', rubbish],
    ['silence of the car', instead('NO DATA')],
    ['a disturbed bus', instead('CAN ERROR')],
  ];

  it.each(
    spells.flatMap(([name, damage]) => [1_000, 3_000, 5_000].map((forMs) => [name, forMs, damage] as const)),
  )('the car is read again within 3 s: %s for %d ms', (_, forMs, damage) => {
    // At other moments of the dialogue the same trouble finds another question under way.
    for (const fromMs of [12_000, 12_130, 12_270, 12_410]) {
      const toMs = fromMs + forMs;
      const rig = rigOf({ fromMs, toMs, damage });
      expect(saidAfterMs(rig, toMs)).toBeLessThanOrEqual(3_000);
      expect(rig.statuses.map(({ phase }) => phase)).not.toContain('car-absent');
    }
  });

  it('a dongle that is garbled while it is set up is set up again', () => {
    const rig = rigOf({ fromMs: 300, toMs: 4_000, damage: halves });
    expect(saidAfterMs(rig, 4_000)).toBeLessThanOrEqual(8_000);
  });

  it('a reset of the dongle costs neither a search nor the car’s lists', () => {
    const slow = {
      ATZ: '{900}|ELM327 v1.4b',
      '0100': [`SEARCHING...{1500}|${GOOD_CAR['0100']}`, GOOD_CAR['0100']],
    };
    const rig = rigOf({ fromMs: 0, toMs: 0, damage: halves }, slow);
    rig.run(15_000);
    rig.sent.length = 0;
    rig.receive(text('\r\rLV RESET\r\r>'));
    expect(saidAfterMs(rig, 15_000)).toBeLessThanOrEqual(4_000);
    const sent = rig.sent.map((bytes) => asciiText(bytes).trim());
    expect(sent).toContain('ATSP6');
    expect(sent.filter((text) => text === '0100')).toHaveLength(1);
    expect(sent).not.toContain('0900');
  });

  it('a car that is not the same after a reset is asked for its lists', () => {
    const other = line('410008180001');
    const replies = { '0100': [GOOD_CAR['0100'], GOOD_CAR['0100'], GOOD_CAR['0100'], other] };
    const rig = rigOf({ fromMs: 0, toMs: 0, damage: halves }, replies);
    rig.run(15_000);
    rig.sent.length = 0;
    rig.receive(text('\r\rLV RESET\r\r>'));
    rig.run(8_000);
    const sent = rig.sent.map((bytes) => asciiText(bytes).trim());
    expect(sent.filter((text) => text === '0100').length).toBeGreaterThanOrEqual(3);
  });
});
