import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkVin } from '@outpost/schemas/vehicle';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { carCommand, modelOfOptions, runCar } from './car.ts';

const USUAL = {
  seed: '1',
  cycle: 'wltc',
  profile: 'genuine',
  protocol: '6',
  speedUp: '1',
  park: '0',
  ambient: '20',
};

const objection = async (options: Readonly<Record<string, string>>): Promise<string> => {
  const said: string[] = [];
  const terminal = {
    out: (line: string) => said.push(line),
    err: (line: string) => said.push(line),
    signal: AbortSignal.abort(),
  };
  const code = await runCar({ ...USUAL, listen: 'tcp://127.0.0.1:0', ...options }, terminal);
  return `${code} ${said.join(' | ')}`;
};

describe('outpost-sim car', () => {
  it.each([
    [{ seed: 'x' }, '--seed: "x" is not a whole number'],
    [{ seed: '1.5' }, '--seed: "1.5" is no whole number'],
    [{ cycle: 'nedc' }, '--cycle: "nedc" is not one of wltc, wltc-3a, udds, hwfet, us06, ftp-75.'],
    [
      { profile: 'blue' },
      '--profile: "blue" is not one of genuine, genuine-1.4, clone, clone-2.1, clone-fast, stn, stn-2120, wican.',
    ],
    [{ protocol: 'A' }, '--protocol: "A" is not one of 1, 2, 3, 4, 5, 6, 7, 8, 9.'],
    [{ model: 'tank' }, '--model: "tank" is not one of petrol-manual'],
    [{ plan: 'dream' }, '--plan: "dream" is not one of endless, trips, parked-first, parked, days.'],
    [{ speedFile: '/nowhere.csv' }, '--speed-file: the file /nowhere.csv cannot be read (ENOENT).'],
    [{ dongle: 'slcan', control: '/tmp/x.sock' }, '--control: an SLCAN adapter takes no orders'],
    [{ baud: '38400' }, '--baud: only a serial line has a rate: give --pty with it.'],
    [{ control: '/nowhere/at/all.sock' }, '/nowhere/at/all.sock: no socket can be made there'],
    [{ vin: 'ABC' }, '--vin: "ABC" is not 17 digits'],
    [{ speedUp: '1000' }, '--speed-up: "1000" is not a number from 0.1 to 100.'],
    [
      { listen: 'localhost' },
      '--listen: "localhost" is no address to listen on; write it like tcp://127.0.0.1:35000.',
    ],
    [{ pty: '/tmp/x' }, 'give --listen or --pty, not both'],
    [{ faults: '/nowhere.json' }, '--faults: the file /nowhere.json cannot be read (ENOENT).'],
  ])('refuses %j with exit code 78 and one sentence', async (options, sentence) => {
    const said = await objection(options as unknown as Readonly<Record<string, string>>);
    expect(said).toMatch(/^78 /);
    expect(said).toContain(sentence);
    expect(said).not.toContain('|');
  });

  it('says where it is and what it did, and ends with 0 at Ctrl-C', async () => {
    const said = await objection({});
    expect(said).toMatch(
      /^0 simulated car at tcp:\/\/127\.0\.0\.1:\d+: VIN ZZZ0UTP0\S+, wltc, genuine dongle \| /,
    );
    expect(said).toMatch(/simulated car ended: 0 connected, 0 commands/);
  });

  it('makes the car that the options describe', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'outpost-sim-'));
    const faults = join(folder, 'faults.json');
    writeFileSync(faults, '[{"atMs": 1000, "what": "vin-swap"}]');
    const model = await modelOfOptions({
      ...USUAL,
      seed: '42',
      faults,
      park: '600',
      profile: 'clone',
      speedUp: '10',
    });
    expect(model.ok).toBe(true);
    if (!model.ok) return;
    expect(model.value).toMatchObject({ protocol: '6', speedUp: 10, profile: { name: 'clone' } });
    expect(model.value.faults).toHaveLength(1);
    expect(model.value.car.plan.stages).toContainEqual({ do: 'park', forS: 600 });
    expect(checkVin(model.value.identity.vin)).toBe('valid');
  });

  it('lives with a car for days, and charges it where it has a battery', async () => {
    const stages = async (name: string): Promise<ReadonlySet<string>> => {
      const model = await modelOfOptions({ ...USUAL, model: name, plan: 'days' });
      if (!model.ok) throw new Error(model.fault.words);
      return new Set(model.value.car.plan.stages.map((stage) => stage.do));
    };
    expect(await stages('electric')).toContain('charge');
    expect(await stages('diesel-manual')).not.toContain('charge');
  });

  it('drives a file of speeds, in a car of 2003, behind a dongle of a rate', async () => {
    const speedFile = join(mkdtempSync(join(tmpdir(), 'outpost-sim-')), 'speeds.csv');
    writeFileSync(speedFile, 'time,km/h\n0,0\n10,36\n30,36\n40,0\n');
    const model = await modelOfOptions({
      ...USUAL,
      speedFile,
      protocol: '3',
      profile: 'stn',
      plan: 'parked-first',
      pty: '/tmp/x',
      baud: '9600',
    });
    if (!model.ok) throw new Error(model.fault.words);
    const { protocol, profile, car } = model.value;
    expect([protocol, profile.name, profile.baud]).toEqual(['3', 'stn', 9600]);
    expect(car.plan.stages[0]).toEqual({ do: 'park', forS: 600 });
    const drive = car.plan.stages.find((stage) => stage.do === 'drive');
    expect(drive?.cycle.distanceM).toBeCloseTo(300, 0);
  });

  it('explains every option in its help', () => {
    const terminal = { out: () => undefined, err: () => undefined, signal: AbortSignal.abort() };
    const command = carCommand(terminal, () => undefined);
    expect(command).toBeInstanceOf(Command);
    const help = command.helpInformation();
    for (const option of [
      '--listen',
      '--pty',
      '--seed',
      '--cycle',
      '--profile',
      '--protocol',
      '--faults',
      '--vin',
      '--speed-up',
      '--model',
      '--speed-file',
      '--plan',
      '--baud',
      '--control',
    ]) {
      expect(help).toContain(option);
    }
  });
});
