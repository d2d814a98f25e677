import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROFILE_TEXT_MAX, profileJsonSchema } from '../../config/vehicle-profile.ts';
import { sentence } from '../../words/fault.ts';
import { brokenLineOf } from './json-break.ts';
import { lineOf } from './line-of.ts';
import { isProfileName, listProfiles, profileByName, profileFile, profilesFor, requestsOf } from './list.ts';
import { checkProfile, PROFILE_FAULTS_MAX, parseProfile } from './parse.ts';
import type { VehicleProfileFile } from './profile.ts';

const file = (): VehicleProfileFile => {
  const found = profileFile('nissan-leaf');
  if (found === undefined) throw new Error('no such profile');
  return structuredClone(found);
};

/** Sentences about a file that was changed in one place. */
const about = (change: (each: VehicleProfileFile & Record<string, never>) => void): readonly string[] => {
  const changed = file();
  change(changed as never);
  const checked = checkProfile(JSON.stringify(changed, null, 2), 'my.json');
  return 'faults' in checked ? checked.faults.map(({ where, words }) => `${where}: ${words}`) : [];
};

describe('a profile from a file', () => {
  it('is read as it was written', () => {
    const parsed = parseProfile(JSON.stringify(file()), 'my.json');
    expect(parsed.ok && parsed.value.requests.length).toBe(file().requests.length);
    expect(parsed.ok && parsed.value).toEqual(
      (() => {
        const found = profileByName('nissan-leaf');
        return found.ok ? { ...found.value, file: parsed.ok ? parsed.value.file : undefined } : undefined;
      })(),
    );
  });

  it('is refused with the line at which it stops being JSON', () => {
    const checked = checkProfile('{\n  "format": 1,\n  "name": oops\n}', 'my.json');
    expect('faults' in checked && checked.faults).toEqual([
      {
        kind: 'misconfigured',
        code: 'profile.invalid',
        where: 'my.json line 3',
        words: 'is not JSON from here on.',
      },
    ]);
    for (const [text, line] of [
      ['', 1],
      ['{"a":1,}', 1],
      ['[1,\n2\n3]', 3],
      ['{"a":"b\nc"}', 1],
      ['{"a":1}\n}', 2],
      ['{\n"a" 1}', 2],
      ['['.repeat(100_000), 1],
      ['{"a":\n01}', 2],
    ] as const) {
      expect(brokenLineOf(text), text.slice(0, 20)).toBe(line);
    }
  });

  it('is refused with line, field and one sentence for each thing that is wrong', () => {
    const sentences = [
      about((each) => Object.assign(each, { colour: 'red' })),
      about((each) => Object.assign(each.requests[0] ?? {}, { request: '2E0101' })),
      about((each) => Object.assign(each.requests[0] ?? {}, { request: '04' })),
      about((each) => Object.assign(each.requests[0] ?? {}, { target: '9FF' })),
      about((each) => Object.assign(each.requests[0] ?? {}, { answer: '18DAF1DB' })),
      about((each) => Object.assign(each.requests[0]?.signals[0] ?? {}, { signal: 'Vehicle.Sped' })),
      about((each) => Object.assign(each.requests[0]?.signals[0] ?? {}, { unit: 'mV' })),
      about((each) => Object.assign(each.requests[0]?.signals[0] ?? {}, { formula: '31|8 (1,0)' })),
      about((each) => Object.assign(each.requests[0]?.signals[0] ?? {}, { formula: '15|8@0+ (1,0)' })),
      about((each) => Object.assign(each.requests[0]?.signals[0] ?? {}, { formula: '32759|16@0+ (1,0)' })),
      about((each) => Object.assign(each.requests[0]?.signals[1] ?? {}, { formula: '167|16@0+ (0.01,0)' })),
      about((each) => Object.assign(each.requests[0]?.signals[0] ?? {}, { min: 600, max: 500 })),
      about((each) => Object.assign(each.requests[0]?.signals[0] ?? {}, { max: 5_000 })),
      about((each) => Object.assign(each.requests[0]?.signals[0] ?? {}, { min: 0.000_1 })),
      about((each) => Object.assign(each.requests[0]?.signals[0] ?? {}, { nulls: [70_000] })),
      about((each) => Object.assign(each.requests[0]?.signals[0] ?? {}, { map: { 1: 1 } })),
      about((each) => Object.assign(each.requests[0] ?? {}, { sources: ['nobody'] })),
      about((each) => Object.assign(each.requests[1] ?? {}, { name: each.requests[0]?.name })),
      about((each) =>
        Object.assign(each.requests[1]?.signals[0] ?? {}, {
          signal: each.requests[0]?.signals[0]?.signal,
          unit: 'V',
          max: 500,
        }),
      ),
      about((each) => Object.assign(each.vehicles[0] ?? {}, { years: [2020, 2010] })),
      about((each) => Object.assign(each.requests[0]?.vectors?.[0] ?? {}, { source: 'nobody' })),
    ];
    for (const each of sentences) {
      expect(each.length, each.join()).toBeGreaterThanOrEqual(1);
      for (const one of each) expect(one).toMatch(/^my\.json line \d+: .{10,}\.$/);
    }
    const wrong = JSON.stringify(file(), null, 2).replace('TractionBattery.CurrentVoltage', 'Sped');
    const line = wrong.split('\n').findIndex((each) => each.includes('Sped')) + 1;
    const checked = checkProfile(wrong, 'my.json');
    expect('faults' in checked ? sentence(checked.faults[0]) : '').toBe(
      `my.json line ${line}: requests[0].signals[0].signal "Vehicle.Powertrain.Sped" is not in the signal table.`,
    );
  });

  it('is never the cause of an exception, whatever was changed in it', () => {
    const text = JSON.stringify(file());
    const odd = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(-1, 1e300, '', '0|1@0+ (1,0)', '7|8@0+ (1/3,1e18)', [], {}, null),
    );
    const places = [...text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?/g)].map(
      (match) => [match.index, match[0].length] as const,
    );
    fc.assert(
      fc.property(fc.constantFrom(...places), odd, fc.boolean(), ([at, length], value, isCut) => {
        const put = isCut ? '' : JSON.stringify(value);
        const checked = checkProfile(text.slice(0, at) + put + text.slice(at + length), 'my.json');
        for (const { words, where } of 'faults' in checked ? checked.faults : []) {
          expect(`${where}: ${words}`).toMatch(/^my\.json( line \d+)?: .+\.$/s);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is bounded: length of the text, and how many faults are listed', () => {
    const long = parseProfile(' '.repeat(PROFILE_TEXT_MAX + 1), 'my.json');
    expect(long.ok).toBe(false);
    const many = about((each) => {
      const [first] = each.requests;
      each.requests.length = 0;
      for (let index = 0; index < 40; index += 1) {
        each.requests.push({ ...structuredClone(first), name: `n-${index}`, sources: ['nobody'] } as never);
      }
    });
    expect(many.length).toBe(PROFILE_FAULTS_MAX);
    expect(many.at(-1)).toMatch(/\d+ more faults\.$/);
    const first = parseProfile('{}', 'my.json');
    expect(first.ok ? '' : first.fault.words).toMatch(/There are \d more faults in it\.$/);
  });

  it('has a JSON Schema that closes every object', () => {
    const text = JSON.stringify(profileJsonSchema());
    expect(text).toContain('"additionalProperties":false');
    expect(text).toContain('intervalMs');
  });
});

describe('the line of a field', () => {
  it('is where its value stands, or where the way to it ends', () => {
    const text = '{\n "a": [\n  1,\n  {"b \\" {": "}",\n   "c": [] }\n ],\n "d": 2\n}';
    expect(lineOf(text, [])).toBe(1);
    expect(lineOf(text, ['a', 0])).toBe(3);
    expect(lineOf(text, ['a', 1, 'b " {'])).toBe(4);
    expect(lineOf(text, ['a', 1, 'c', 7])).toBe(5);
    expect(lineOf(text, ['d'])).toBe(7);
    expect(lineOf(text, ['nothing', 'here'])).toBe(1);
  });
});

describe('the list of profiles', () => {
  const names = (query: Parameters<typeof profilesFor>[0]): readonly string[] =>
    profilesFor(query).map(({ name }) => name);

  it('finds a profile by name, maker, model, year and VIN', () => {
    expect(names({ make: 'hyundai', model: 'ioniq 5' })).toEqual(['hyundai-ioniq-5']);
    expect(names({ make: 'Volkswagen', model: 'ID3' })).toEqual(['volkswagen-id4']);
    expect(names({ model: 'Leaf', year: 2019 })).toEqual(['nissan-leaf-ze1']);
    expect(names({ vin: '1G1FX6S00H4123456' })).toEqual(['chevrolet-bolt-ev']);
    expect(names({ vin: 'wby1z21000v123456', make: 'BMW' })).toEqual(['bmw-i3']);
    expect(names({ vin: '11111111111111111' })).toEqual([]);
    expect(names({ make: 'Tesla' })).toEqual([]);
    expect(names({})).toEqual([]);
    expect(isProfileName('bmw-i3')).toBe(true);
    expect(isProfileName('./bmw-i3.json')).toBe(false);
    const missing = profileByName('tesla-model-3');
    expect(missing.ok ? '' : missing.fault.words).toContain('known are bmw-i3, chevrolet-bolt-ev');
    expect(listProfiles().find(({ name }) => name === 'bmw-i3')?.signals).toBeGreaterThan(8);
  });

  it('leaves out what needs the extended session until the user allows it', () => {
    const changed = file();
    Object.assign(changed.requests[0] ?? {}, { session: 'extended' });
    const parsed = parseProfile(JSON.stringify(changed), 'my.json');
    if (!parsed.ok) throw new Error(parsed.fault.words);
    expect(requestsOf(parsed.value).length).toBe(changed.requests.length - 1);
    expect(requestsOf(parsed.value, { extendedSession: true }).length).toBe(changed.requests.length);
    const intervals = requestsOf(parsed.value).map(({ intervalMs }) => intervalMs);
    expect(intervals).toEqual(intervals.toSorted((a, b) => a - b));
  });
});
