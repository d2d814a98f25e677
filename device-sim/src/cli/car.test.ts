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
    [{ profile: 'blue' }, '--profile: "blue" is not one of genuine, clone.'],
    [{ protocol: '3' }, '--protocol: "3" is not one of 6, 7, 8, 9.'],
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
    ]) {
      expect(help).toContain(option);
    }
  });
});
