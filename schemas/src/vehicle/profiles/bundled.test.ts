import { describe, expect, it } from 'vitest';
import { checkProfileShape } from '../../config/vehicle-profile.ts';
import { tellsApart } from '../formula.ts';
import { BUNDLED } from './bundled/index.ts';
import { compileProfile } from './compile.ts';
import { decodeProfileAnswer } from './decode.ts';
import { messageOfFrames } from './frames.ts';
import { listProfiles, profileByName } from './list.ts';
import { checkProfile } from './parse.ts';
import { bytesOfHex, type Profile } from './profile.ts';
import { checkVectors } from './vectors.ts';

const profileOf = (name: string): Profile => {
  const found = profileByName(name);
  if (!found.ok) throw new Error(found.fault.words);
  return found.value;
};

const NEEDED_OF_AN_EV = ['StateOfCharge.Current', 'CurrentVoltage'].map(
  (name) => `Vehicle.Powertrain.TractionBattery.${name}`,
);

describe('the bundled profiles', () => {
  it('are at least twelve, six of them of battery electric cars', () => {
    expect(listProfiles().length).toBeGreaterThanOrEqual(12);
    const electric = listProfiles().filter(({ vehicles }) =>
      vehicles.every((each) => each.powertrain === 'bev'),
    );
    expect(electric.length).toBeGreaterThanOrEqual(6);
    expect(new Set(listProfiles().map(({ name }) => name)).size).toBe(BUNDLED.length);
  });

  it.each(BUNDLED.map((file) => [file.name, file] as const))(
    '%s has the shape and fits together',
    (_, file) => {
      const shaped = checkProfileShape(file);
      expect('problems' in shaped ? shaped.problems : []).toEqual([]);
      const compiled = compileProfile(file);
      expect('problems' in compiled ? compiled.problems : []).toEqual([]);
      const text = checkProfile(JSON.stringify(file, null, 2), file.name);
      expect('faults' in text ? text.faults : []).toEqual([]);
    },
  );

  it.each(listProfiles().map(({ name }) => [name]))('%s decodes its own vectors to their values', (name) => {
    expect(checkVectors(profileOf(name))).toEqual([]);
  });

  it.each(BUNDLED.map((file) => [file.name, file] as const))(
    '%s has two vectors for each request',
    (_, file) => {
      for (const { name, confidence, vectors = [] } of file.requests) {
        expect(vectors.length, name).toBeGreaterThanOrEqual(2);
        const values = vectors.map((vector) => JSON.stringify(vector.frames));
        expect(new Set(values).size, name).toBe(vectors.length);
        const isPublished = vectors.some(({ origin }) => origin === 'published');
        const { sources } = file.requests.find((each) => each.name === name) ?? { sources: [] };
        // “Measured elsewhere” is said only where a car's own bytes or a second source stand behind it.
        if (confidence === 'measured elsewhere') expect(isPublished || sources.length > 1, name).toBe(true);
      }
    },
  );

  it('give every battery electric car its state of charge and pack voltage, and most of them the current', () => {
    const electric = BUNDLED.filter(({ vehicles }) =>
      vehicles.some(({ powertrain }) => powertrain === 'bev'),
    );
    const namesOf = (file: (typeof BUNDLED)[number]): readonly string[] =>
      file.requests.flatMap(({ signals }) => signals.map(({ signal }) => signal));
    for (const file of electric) {
      for (const needed of NEEDED_OF_AN_EV) expect(namesOf(file), file.name).toContain(needed);
    }
    const withCurrent = electric.filter((file) =>
      namesOf(file).includes('Vehicle.Powertrain.TractionBattery.CurrentCurrent'),
    );
    expect(withCurrent.length).toBeGreaterThanOrEqual(6);
    const withRange = electric.filter((file) =>
      namesOf(file).includes('Vehicle.Powertrain.TractionBattery.Range'),
    );
    expect(withRange.length).toBeGreaterThanOrEqual(4);
  });

  it('count current into the battery as positive: a driving Ioniq 5 draws, and its pack voltage sags', () => {
    const { requests } = profileOf('hyundai-ioniq-5');
    const battery = requests.find(({ name }) => name === 'battery');
    if (battery === undefined) throw new Error('no request');
    const vector = profileOf('hyundai-ioniq-5').file.requests[0]?.vectors?.[1];
    const message = messageOfFrames((vector?.frames ?? []).map(bytesOfHex), battery);
    const { quantities } = decodeProfileAnswer(battery, message ?? new Uint8Array());
    const mantissa = (id: number): number => quantities.find(({ signal }) => signal === id)?.mantissa ?? 0;
    expect(mantissa(515)).toBeGreaterThan(5_000);
    expect(mantissa(173)).toBeLessThan(-1_000);
  });

  it('keep what a table row can tell apart, but for a few fine currents and levels', () => {
    const coarse = BUNDLED.flatMap(({ name }) =>
      profileOf(name).requests.flatMap(({ signals }) =>
        signals
          .filter(({ formula, signal }) => !tellsApart(formula, signal.decimals))
          .map(({ signal }) => `${name} ${signal.name.replace('Vehicle.Powertrain.TractionBattery.', '')}`),
      ),
    );
    expect(coarse.toSorted()).toEqual([
      'bmw-i3 CurrentCurrent',
      'chevrolet-bolt-ev StateOfCharge.Current',
      'nissan-leaf StateOfCharge.Current',
      'nissan-leaf-ze1 StateOfCharge.Current',
      'renault-zoe-ph2 CurrentCurrent',
      'volkswagen-id4 CurrentCurrent',
    ]);
  });

  it('ask for nothing but services 01, 21 and 22, and for nothing more often than each second', () => {
    for (const { name } of BUNDLED) {
      for (const request of profileOf(name).requests) {
        expect([0x01, 0x21, 0x22]).toContain(request.request[0]);
        expect(request.intervalMs).toBeGreaterThanOrEqual(1_000);
        expect(request.session).toBe('default');
      }
    }
  });
});
