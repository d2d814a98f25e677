import { parseProfile } from '@outpost/schemas/vehicle/profile-files';
import { profileFile } from '@outpost/schemas/vehicle/profiles';
import { fail, fault, sentence } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { checkOptions as check, DEFAULT_OPTIONS } from './options.ts';

/** There are no files here. */
const checkOptions = (options: unknown) =>
  check(options, (path) => fail(fault('misconfigured', 'obd.file', path, 'cannot be read (ENOENT).')));

describe('the options of a dongle', () => {
  it('need not be given', () => {
    expect(checkOptions(undefined)).toEqual({ ok: true, value: DEFAULT_OPTIONS });
    expect(checkOptions({})).toEqual({ ok: true, value: DEFAULT_OPTIONS });
  });

  it('replace the defaults one by one', () => {
    const options = {
      poll: [
        { signal: 'Vehicle.Speed', everyMs: 500 },
        { pid: '2f', everyMs: 60_000 },
      ],
      requestsPerSecondMax: 20,
      protocol: 6,
      refuseChangingVin: false,
    };
    expect(checkOptions(options)).toEqual({
      ok: true,
      value: {
        ...DEFAULT_OPTIONS,
        poll: [
          { pid: 0x0d, everyMs: 500 },
          { pid: 0x2f, everyMs: 60_000 },
        ],
        requestsPerSecondMax: 20,
        protocol: '6',
        refuseChangingVin: false,
      },
    });
  });

  it('name a bundled profile, or the path of a file with one', () => {
    const bundled = checkOptions({ profile: 'bmw-i3' });
    expect(bundled.ok && bundled.value.profile?.name).toBe('bmw-i3');
    const own = JSON.stringify({ ...profileFile('bmw-i3'), name: 'my-car' }, undefined, 2);
    const files = new Map([['/etc/outpost/my-car.json', own]]);
    const checked = check({ profile: '/etc/outpost/my-car.json' }, (path) =>
      parseProfile(files.get(path) ?? '{', path),
    );
    expect(checked.ok && checked.value.profile?.name).toBe('my-car');
    const broken = check({ profile: './broken.json' }, (path) =>
      parseProfile(own.replace('"22DD68"', '"2EDD68"'), path),
    );
    expect(broken.ok || sentence(broken.fault)).toMatch(/^\.\/broken\.json line \d+: .*request/);
  });

  it('ask for both places of a signal that has two', () => {
    const checked = checkOptions({ poll: [{ signal: 'Vehicle.OBD.O2WR.Sensor1.Lambda', everyMs: 1_000 }] });
    expect(checked.ok && checked.value.poll?.map(({ pid }) => pid)).toEqual([0x24, 0x34]);
  });

  it.each([
    ['fast', 'options: must be an object.'],
    [[], 'options: must be an object.'],
    [{ pol: [] }, 'options.pol: is not known; there are poll, requestsPerSecondMax, '],
    [{ requestsPerSecondMax: 21 }, 'options.requestsPerSecondMax: must be a number from 0.1 to 20.'],
    [{ requestsPerSecondMax: '10' }, 'options.requestsPerSecondMax: must be a number from 0.1 to 20.'],
    [{ requestsPerSecondMax: Number.NaN }, 'options.requestsPerSecondMax: must be a number from 0.1 to 20.'],
    [{ protocol: 10 }, 'options.protocol: must be “auto” or a number from 1 to 9.'],
    [{ refuseChangingVin: 'no' }, 'options.refuseChangingVin: must be true or false.'],
    [{ poll: [] }, 'options.poll: must be a list of 1 to 256 entries.'],
    [{ poll: ['0C'] }, 'options.poll[0]: must be an object with “signal” or “pid”, and “everyMs”.'],
    [{ poll: [{ pid: '0C' }] }, 'options.poll[0].everyMs: must be a number from 50 to 86400000.'],
    [
      { poll: [{ everyMs: 50 }] },
      'options.poll[0]: must name either a signal, such as “Vehicle.Speed”, or a pid',
    ],
    [{ poll: [{ pid: '0C', signal: 'Vehicle.Speed', everyMs: 50 }] }, 'options.poll[0]: must name either'],
    [{ poll: [{ pid: 'C', everyMs: 50 }] }, 'options.poll[0].pid: “C” is no PID of the table'],
    [{ poll: [{ pid: '00', everyMs: 50 }] }, 'options.poll[0].pid: “00” is no PID of the table'],
    [
      { poll: [{ signal: 'Vehicle.Sped', everyMs: 50 }] },
      'options.poll[0].signal: “Vehicle.Sped” is no signal',
    ],
    [{ poll: [{ pid: '0C', everyMs: 50, ever: 1 }] }, 'options.poll[0].ever: is not known'],
    [
      {
        poll: [
          { pid: '0D', everyMs: 50 },
          { signal: 'Vehicle.Speed', everyMs: 50 },
        ],
      },
      'options.poll[1]: asks for a parameter that the list already has.',
    ],
    [{ profile: 7 }, 'options.profile: must be the name of a bundled profile, or the path of a file'],
    [{ profile: 'bmw-i4' }, 'options.profile: “bmw-i4” is not bundled; known are bmw-i3, '],
    [{ profile: 'my-cars/one' }, 'my-cars/one: cannot be read (ENOENT).'],
    [{ __proto__: null, toString: 1 }, 'options.toString: is not known'],
  ])('are refused in a sentence: %j', (options, words) => {
    const checked = checkOptions(options);
    expect(checked).toMatchObject({ ok: false, fault: { kind: 'misconfigured' } });
    if (!checked.ok) expect(sentence(checked.fault)).toContain(words);
  });
});
