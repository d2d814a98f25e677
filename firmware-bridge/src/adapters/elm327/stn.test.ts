import { type Profile, profileByName } from '@outpost/schemas/vehicle/profiles';
import { asciiText } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { createRig, type Rig } from '../../testing/rig.ts';
import { elm327Codec } from './codec.ts';
import { commandWire } from './command.ts';
import { DEFAULT_OPTIONS } from './options.ts';
import { GOOD_CAR, line, type Play, playDongle } from './play-dongle.ts';
import { redecode } from './redecode.ts';
import { elm327Session } from './session.ts';

const boltProfile = (): Profile => {
  const profile = profileByName('chevrolet-bolt-ev');
  if (!profile.ok) throw new Error(profile.fault.words);
  return profile.value;
};

const STN = { STI: 'STN1110 v4.3.2', STDI: 'OBDLink SX r4.2', STVR: '12.61' };
/** 50 % of charge, from the control unit of the battery. */
const CHARGE = line('6243AF8000', '7EC');

const rigOf = (replies: Play['replies'], seconds = 20): Rig => {
  const options = { ...DEFAULT_OPTIONS, poll: [{ pid: 0x0c, everyMs: 1_000 }], profile: boltProfile() };
  const rig = createRig(
    elm327Codec,
    elm327Session(options),
    playDongle({ replies: { ...GOOD_CAR, ...replies } }),
  );
  rig.run(seconds * 1_000);
  return rig;
};

const sent = (rig: Rig): readonly string[] => rig.sent.map((bytes) => asciiText(bytes).trim());
const charge = (rig: Rig): boolean =>
  rig.said.some(({ body }) => body.kind === 'number' && body.signal === 23 && body.mantissa === 5_000);

describe('an STN chip', () => {
  it('says what it is, and its voltage to the hundredth', () => {
    const rig = rigOf(STN);
    const texts = rig.said.flatMap(({ body }) => (body.kind === 'identity' ? [body.text] : []));
    expect(texts).toEqual(expect.arrayContaining(['ELM327 v1.4b', 'STN1110 v4.3.2', 'OBDLink SX r4.2']));
    expect(rig.said).toContainEqual(
      expect.objectContaining({ body: { kind: 'number', signal: 3, mantissa: 1_261, ecu: 0 } }),
    );
    expect(rig.statuses.at(-1)?.report?.features).toMatchObject({ STI: 'works', STVR: 'works' });
    for (const { body, raw } of rig.said) expect(redecode(raw)).toContainEqual(body);
  });

  it('is told header, request and time-out in one line, and need not be set to a control unit and back', () => {
    const rig = rigOf({ ...STN, 'STPX H:7E4, D:2243AF, T:200': CHARGE });
    expect(charge(rig)).toBe(true);
    expect(sent(rig).filter((text) => /^AT(?:SH|CRA)/.test(text))).toEqual([]);
    expect(rig.statuses.at(-1)?.report?.features['STPX']).toBe('works');
  });

  it('that does not know that line is set by adapter commands', () => {
    const rig = rigOf({ ...STN, STPX: '?', 'STPX H:7E4, D:2243AF, T:200': '?', '2243AF': CHARGE }, 40);
    expect(charge(rig)).toBe(true);
    expect(sent(rig)).toContain('ATSH7E4');
    expect(rig.statuses.at(-1)?.report?.features['STPX']).toBe('refused');
  });

  it('that knows no voltage of its own is asked as an ELM327 is', () => {
    const rig = rigOf({ ...STN, STVR: '?' });
    expect(sent(rig)).toContain('ATRV');
    expect(rig.said.some(({ body }) => body.kind === 'number' && body.signal === 3)).toBe(true);
  });

  it('is not asked for anything that is not on the read-only list, with a header either', () => {
    const encode = (bytes: readonly number[], header: string): Uint8Array =>
      commandWire.encode({ kind: 'request', bytes: Uint8Array.from(bytes), header });
    expect(asciiText(encode([0x22, 0xf1, 0x90], '7E0'))).toBe('STPX H:7E0, D:22F190\r');
    for (const bytes of [[0x04], [0x2e, 0xf1, 0x90, 0], [0x31, 1, 1, 1], [0x11, 1], [0x27, 1]]) {
      expect(() => encode(bytes, '7E0')).toThrow(RangeError);
    }
    for (const header of ['', '7E', '8E0', '7E0,D:04', 'FFFFFFFF']) {
      expect(() => encode([0x22, 0xf1, 0x90], header)).toThrow(RangeError);
    }
  });
});

describe('any other chip', () => {
  it('is asked what it is and nothing more of an STN', () => {
    const rig = rigOf({ '2243AF': CHARGE });
    expect(charge(rig)).toBe(true);
    expect(sent(rig).filter((text) => text.startsWith('ST'))).toEqual(['STI']);
  });
});
