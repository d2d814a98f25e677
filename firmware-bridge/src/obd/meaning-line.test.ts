import { parseProfile } from '@outpost/schemas/vehicle/profile-files';
import { type Profile, profileFile } from '@outpost/schemas/vehicle/profiles';
import { asciiBytes, asciiText, type Body, fromHex, monoNs } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { redecode as redecodeElm327 } from '../adapters/elm327/redecode.ts';
import { redecode as redecodeSlcan } from '../adapters/slcan/redecode.ts';
import { takeAnswers } from './believe.ts';
import { bodyByMeaning, splitMeaning } from './meaning-line.ts';
import { DEFAULT_OBD_OPTIONS } from './options.ts';
import { emptyReply } from './question.ts';
import { NO_COUNTS, newCarFacts, type ObdTurn } from './turn.ts';
import { udsRows } from './uds-rows.ts';

const BATTERY = 'Vehicle.Powertrain.TractionBattery';
const bytes = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(0);

/** A profile that is in nobody's program. */
const own = (signals: readonly object[]): Profile => {
  const text = JSON.stringify({
    format: 1,
    name: 'my-car',
    title: 'My car',
    vehicles: [{ make: 'Maker', models: ['Model'], years: [2020, 2024], powertrain: 'bev' }],
    sources: [{ id: 'me', where: 'measured on my own car', licence: 'Apache-2.0' }],
    requests: [
      {
        name: 'battery',
        target: '7E4',
        answer: '7EC',
        request: '221234',
        intervalMs: 1_000,
        confidence: 'single source',
        sources: ['me'],
        signals,
      },
    ],
  });
  const parsed = parseProfile(text, 'my-car.json');
  if (!parsed.ok) throw new Error(`${parsed.fault.where} ${parsed.fault.words}`);
  return parsed.value;
};

const SIGNALS = [
  { signal: `${BATTERY}.StateOfCharge.Current`, formula: '31|8@0+ (0.5,0)', unit: 'percent' },
  { signal: `${BATTERY}.Charging.IsCharging`, formula: '39|8@0+ (1,0)', unit: 'flag', map: { 3: 1, 4: 0 } },
];

/** What is said of one answer of a control unit, after its shape is known. */
const saidOf = (profile: Profile, ecu: number, payload: Uint8Array, line: string): ObdTurn['said'] => {
  const now = monoNs(1_000_000_000n);
  let [row] = udsRows(profile.requests, now);
  const said: ObdTurn['said'] = [];
  const carriers = [{ raw: asciiBytes(line), fault: undefined }];
  const answers = [{ ecu, payload, padding: 'padded' as const, carriers }];
  // The first replies only show what a reply to this request looks like.
  for (let replies = 0; row !== undefined && said.length === 0 && replies < 10; replies += 1) {
    const car = newCarFacts(now);
    const options = { ...DEFAULT_OBD_OPTIONS, profile };
    const turn: ObdTurn = { now, options, car, counts: NO_COUNTS, said, fates: [] };
    row = takeAnswers(turn, row, { ...emptyReply('negative'), verdict: 'answered', answers });
  }
  return said;
};

describe('a value that only the owner’s own profile finds', () => {
  const payload = bytes('621234c804');

  it('carries the line that says so, from which either adapter’s raw bytes give it again', () => {
    for (const [line, redecode] of [
      ['7EC05621234C804AAAA', redecodeElm327],
      ['t7EC805621234C804AAAA', redecodeSlcan],
    ] as const) {
      const said = saidOf(own(SIGNALS), 0x7ec, payload, line);
      expect(said.map(({ raw }) => asciiText(raw))).toEqual([
        `${line}\r=31|8@0+ (0.5,0) ${BATTERY}.StateOfCharge.Current`,
        `${line}\r=39|8@0+ (1,0) ${BATTERY}.Charging.IsCharging 4=0`,
      ]);
      for (const { body, raw } of said) expect(redecode(raw)).toEqual([body]);
      for (const { raw } of said) expect(redecode(splitMeaning(raw).raw)).toEqual([]);
    }
  });

  it('says nothing else where the bytes were changed', () => {
    const [first, second] = saidOf(own(SIGNALS), 0x7ec, payload, '7EC05621234C804AAAA');
    const changed = (raw: Uint8Array, from: string, to: string): readonly Body[] =>
      redecodeElm327(asciiBytes(asciiText(raw).replace(from, to)));
    if (first === undefined || second === undefined) throw new Error('two values were said');
    expect(changed(first.raw, 'C804', 'C604')).not.toContainEqual(first.body);
    expect(changed(second.raw, 'C804', 'C803')).toEqual([]);
    // Only an answer by identifier can mean what a profile says: 41 is the law's.
    expect(changed(first.raw, '621234', '411234')).toEqual([]);
  });

  it('is not read from a line that is none', () => {
    for (const line of [
      '',
      '31|8@0+ (0.5,0)',
      '31|8@0+ (0.5,0) Vehicle.Nothing',
      `31|8@0+ (0.5,0) ${BATTERY}.StateOfCharge.Current 4`,
      `31|8@0+ (0.5,0) ${BATTERY}.StateOfCharge.Current 199=7`,
      `991|8@0+ (0.5,0) ${BATTERY}.StateOfCharge.Current`,
      `31|8@0+ (1000000,0) ${BATTERY}.StateOfCharge.Current`,
    ]) {
      expect(bodyByMeaning(0x7ec, payload, line), line).toBeUndefined();
    }
    const good = bodyByMeaning(0x7ec, payload, `31|8@0+ (0.5,0) ${BATTERY}.StateOfCharge.Current`);
    expect(good).toMatchObject({ kind: 'number', mantissa: 10_000, ecu: 0x7ec });
  });

  it('needs no such line where a bundled profile says the same', () => {
    const file = profileFile('hyundai-kona-electric');
    const parsed = parseProfile(JSON.stringify({ ...file, name: 'my-kona' }), 'my-kona.json');
    if (!parsed.ok) throw new Error(parsed.fault.words);
    const [request] = parsed.value.requests;
    const vector = parsed.value.file.requests[0]?.vectors?.[0];
    if (request === undefined || vector === undefined) throw new Error('the profile has vectors');
    const [first = '', ...rest] = vector.frames;
    const message = bytes(first.slice(4) + rest.map((frame) => frame.slice(2)).join(''));
    const length = Number.parseInt(first.slice(1, 4), 16);
    const said = saidOf(parsed.value, request.answer, message.subarray(0, length), 'line');
    expect(said.length).toBeGreaterThan(0);
    for (const { raw } of said) expect(asciiText(raw)).toBe('line');
  });
});
