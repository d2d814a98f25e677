import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sealReceipt } from '@outpost/schemas/evidence';
import { type ManualClock, manualClock } from '@outpost/schemas/testing';
import { type Epoch, wallNs } from '@outpost/schemas/words';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answer, make, moveCursor, readingsOf } from '../ledger/testing.ts';
import { readingsSettledEntry } from '../record/live-entry.ts';
import { openTestBox, type TestBox } from '../run/testing.ts';
import { outpost } from './main.ts';

let directory: string;
let clock: ManualClock;
let box: TestBox;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'outpost-ledger-'));
  clock = manualClock();
  box = await openTestBox(directory, clock);
});
afterEach(async () => {
  await box.stop();
  await rm(directory, { recursive: true, force: true });
});

const run = async (...args: readonly string[]) => {
  const out: string[] = [];
  const err: string[] = [];
  const code = await outpost(['ledger', '--data', directory, ...args], {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    secret: async () => undefined,
    env: {},
    signal: new AbortController().signal,
  });
  return { code, lines: out, err: err.join('\n') };
};

const objects = async (...args: readonly string[]) =>
  (await run('--json', ...args)).lines.map((line) => JSON.parse(line) as Record<string, unknown>);

const configured = async (networks: readonly object[]): Promise<string> => {
  const path = join(directory, 'outpost.json');
  await writeFile(path, JSON.stringify({ dataDirectory: directory, keyKind: 'demo', devices: [], networks }));
  return path;
};

const SIM = {
  name: 'sim',
  network: 'outpost',
  url: 'http://127.0.0.1:9',
  key: 'unused',
  acceptSimulated: true,
};
const dc = (mantissa: number) => ({ unit: 'DC', mantissa, decimals: 0, basis: 'rule' as const });

describe('outpost ledger', () => {
  it('tells the life of each attestation in one line, in the words of the network, and sums by day', async () => {
    const [first, second, third, fourth] = await make(box, 5);
    await clock.advance(2_000);
    await answer(box, first!, { reward: { unit: 'OUT', mantissa: 15, decimals: 1, basis: 'network' } });
    await answer(box, second!, { kind: 'refused', code: 'bad\u001b[2J', words: 'not \u202ethat.' });
    await answer(box, third!, { kind: 'unknown', code: 'unknown', words: 'nobody answered.' });
    await answer(box, fourth!, { kind: 'expired', code: 'expired', words: 'too old for this network' });
    await answer(box, fourth!, { network: 'other', reward: dc(2) });
    await moveCursor(box, fourth!.next);
    const { code, lines, err } = await run();
    expect([code, err]).toEqual([0, '']);
    expect(lines.slice(0, 5)).toEqual([
      expect.stringMatching(
        /^2023-11-14T22:\d\d:\d\dZ {2}car\/telemetry 0 {2}2 readings {2}sim: settled after \d+ \w+, 1\.5 OUT$/,
      ),
      expect.stringMatching(/sim: REFUSED after \d+ \w+: bad\ufffd\[2J, not \ufffdthat\.$/),
      expect.stringMatching(/sim: UNKNOWN after \d+ \w+: unknown, nobody answered\.$/),
      expect.stringMatching(
        /sim: EXPIRED .* · other: settled after \d+ \w+, 2 DC by its rule {2}\[the same evidence to 2 networks\]$/,
      ),
      expect.stringMatching(/car\/telemetry 4 {2}1 readings {2}sim: pending for /),
    ]);
    expect(lines.slice(5)).toEqual([
      '',
      '5 attestations, 1 of them to more than one network',
      'by network and day (UTC)',
      '  2023-11-14  other  attestations: 1 settled (1 readings)  2 DC by its rule',
      '  2023-11-14  sim  attestations: 1 settled, 1 refused, 1 expired, 1 unknown, 1 pending (2 readings)  1.5 OUT',
      '  all days    other  attestations: 1 settled (1 readings)  2 DC by its rule',
      '  all days    sim  attestations: 1 settled, 1 refused, 1 expired, 1 unknown, 1 pending (2 readings)  1.5 OUT',
    ]);
  });

  it('tells how many readings of an attestation a network left out', async () => {
    const [made] = await make(box, 1);
    const receipt = sealReceipt(
      {
        networkKey: new Uint8Array(32).fill(2),
        network: 'sim',
        attestation: made!.hash,
        deviceKey: new Uint8Array(32).fill(3),
        stream: 'car/telemetry',
        time: wallNs(clock.wall()),
        refused: [{ first: 1, count: 1, code: 'noise', words: 'no.' }],
        highest: { epoch: new Uint8Array(16) as Epoch, counter: 0, hash: made!.hash },
      },
      () => new Uint8Array(64),
    );
    await answer(box, made!, { receipt });
    const { lines } = await run();
    expect(lines[0]).toMatch(/sim: settled after \d+ \w+ without 1 readings that it refused$/);
    expect(lines.at(-1)).toMatch(/1 settled \(1 readings\)$/);
  });

  it('counts what a crash made the gateway write down twice once', async () => {
    const [made] = await make(box, 1);
    await answer(box, made!, { reward: dc(7) });
    await answer(box, made!, { reward: dc(7) });
    const [life, totals] = await objects();
    expect(life).toMatchObject({
      line: 'attestation',
      fates: [{ fate: 'settled', reward: { amount: '7' } }],
    });
    expect(totals).toMatchObject({
      days: [{ counts: { settled: 1 }, rewards: [{ unit: 'DC', amount: '7' }] }],
    });
  });

  it('is of one network, one device or since a moment where that is asked', async () => {
    const [first] = await make(box, 1);
    await answer(box, first!, { reward: dc(1) });
    await answer(box, first!, { network: 'other', reward: dc(2) });
    await moveCursor(box, first!.next);
    await clock.advance(86_400_000);
    const at = new Date(Number(clock.wall() / 1_000_000n)).toISOString();
    const [second] = await make(box, 1);
    await answer(box, second!, { reward: dc(4) });
    const ofSim = await objects('--network', 'sim');
    expect(ofSim.map(({ line }) => line)).toEqual(['attestation', 'attestation', 'totals']);
    expect(ofSim[0]).toMatchObject({ fates: [{ network: 'sim' }], networks: 2 });
    expect((await objects('--device', 'truck')).map(({ line }) => line)).toEqual(['totals']);
    const recent = await objects('--since', at);
    expect(recent).toMatchObject([
      { line: 'attestation', counter: 1 },
      { line: 'totals', days: [{ network: 'sim', rewards: [{ amount: '4' }] }] },
    ]);
    expect(await run('--network', 'nobody')).toMatchObject({
      code: 78,
      err: '--network: there is no network "nobody"; there is sim.',
    });
    expect((await run('--since', 'soon')).code).toBe(78);
    expect((await run('--predict')).code).toBe(78);
  });

  it('shows only the newest where a limit is given, and counts all of it', async () => {
    const made = await make(box, 4);
    for (const each of made) await answer(box, each, { reward: dc(2) });
    expect(await objects('--limit', '2')).toMatchObject([
      { line: 'omitted', rows: 2, hours: 0 },
      { line: 'attestation', counter: 2 },
      { line: 'attestation', counter: 3 },
      { line: 'totals', attestations: 4, days: [{ rewards: [{ amount: '8' }] }] },
    ]);
    const { lines } = await run('--limit', '3');
    expect(lines[0]).toBe('1 lines before these are left out; the totals count them.');
    expect((await run('--limit', '4')).lines[0]).toMatch(/car\/telemetry 0 /);
    expect(await run('--limit', '0')).toMatchObject({
      code: 78,
      err: '--limit: "0" is no number of lines; write one from 1 to 10000.',
    });
  });

  it('says what is withheld, with and without a configuration', async () => {
    const [first, second] = await make(box, 3);
    await answer(box, second!);
    await moveCursor(box, second!.next);
    const fates = async (...args: readonly string[]) =>
      (await objects(...args))
        .flatMap((each) => (each['fates'] as { fate: string }[] | undefined) ?? [])
        .map(({ fate }) => fate);
    expect(first).toBeDefined();
    // The cursor went past the first without an end: it was never sent.
    expect(await fates()).toEqual(['withheld', 'settled', 'pending']);
    const strict = await configured([{ ...SIM, acceptSimulated: false }]);
    expect(await fates('--config', strict)).toEqual(['withheld', 'settled', 'withheld']);
  });

  it('sums readings that were sent one by one by hour and device, and tells each where that is asked', async () => {
    await make(box, 3);
    const [, one, two, three] = await readingsOf(box);
    const { journal } = box.opened;
    const settled = [
      { reading: one!, reward: dc(3) },
      { reading: two!, reward: dc(9_007_199_254_740_991) },
    ];
    const others = [{ reading: three!, kind: 'refused' as const, code: 'too-late', words: 'too late.' }];
    const entry = readingsSettledEntry({ network: 'hotspots', wall: wallNs(clock.wall()), settled, others });
    expect((await journal.append([entry], 'now')).ok).toBe(true);
    const { lines } = await run('--network', 'sim');
    expect(lines.join('\n')).not.toContain('hotspots');
    const all = (await run('--readings')).lines;
    expect(all).toContain(
      '2023-11-14T22h  hotspots  readings of car: 2 settled, 1 refused (too-late 1)  9007199254740994 DC by its rule',
    );
    expect(all).toContain(
      '  2023-11-14  hotspots  readings: 2 settled, 1 refused  9007199254740994 DC by its rule',
    );
    expect(all.filter((line) => /car\/telemetry \d {2}hotspots: /.test(line))).toEqual([
      expect.stringMatching(
        /^2023-11-14T22:\d\d:\d\dZ {2}car\/telemetry 1 {2}hotspots: settled, 3 DC by its rule$/,
      ),
      expect.stringMatching(/car\/telemetry 2 {2}hotspots: settled, 9007199254740991 DC by its rule$/),
      expect.stringMatching(/car\/telemetry 3 {2}hotspots: REFUSED: too-late, too late\.$/),
    ]);
  });

  it('predicts what is pending, and says how often it was right', async () => {
    const [first] = await make(box, 1, true);
    const [second, third] = await make(box, 3);
    await answer(box, first!, { kind: 'refused', code: 'bad-leaves', words: 'no.' });
    await answer(box, second!);
    await answer(box, third!, { kind: 'refused', code: 'not-wanted', words: 'no.' });
    await moveCursor(box, third!.next);
    const { code, lines, err } = await run('--predict', '--config', await configured([SIM]));
    expect([code, err]).toEqual([0, '']);
    expect(lines[0]).toMatch(/sim: REFUSED after \d+ \w+: bad-leaves, no\.$/);
    expect(lines[1]).toMatch(/sim: settled after \d+ \w+$/);
    expect(lines[2]).toMatch(/sim: REFUSED .*, expected accepted \(every check holds; it is not live/);
    expect(lines[3]).toMatch(/sim: pending for .*, expected accepted \(every check holds/);
    expect(lines.slice(-3)).toEqual([
      'predictions',
      '  sim: 2 of 3 right (66.7 %), 1 not answered yet',
      expect.stringMatching(/^ {4}1 expected accepted: every check holds; it is not live/),
    ]);
  });

  it('tells at its end where the pay of a network stands that pays by the week', async () => {
    const certificate = { file: '/nowhere.pem', key: '/nowhere-key.pem' };
    const options = { vehicles: { car: 33 }, certificate };
    const dimo = { name: 'dimo', network: 'dimo', url: 'https://din.dimo.zone:9443', options };
    const config = await configured([SIM, dimo]);
    const said = /^dimo {2}car: \d+ h left to qualify for week \d+, else it is the 1st inactive week\.$/;
    expect((await run('--config', config)).lines.at(-1)).toMatch(said);
    expect((await run('--config', config, '--network', 'sim')).lines.join()).not.toContain('inactive');
    const last = (await objects('--config', config)).at(-1);
    expect(last).toMatchObject({ kind: 'standing', network: 'dimo', words: expect.stringContaining('week') });
  });

  it('predicts what a network of single readings will say of each that waits, and why it would not', async () => {
    await make(box, 2);
    const [first, second, ...rest] = await readingsOf(box);
    const settled = [{ reading: first!, reward: undefined }];
    const others = [{ reading: second!, kind: 'refused' as const, code: 'no', words: 'no.' }];
    const wall = wallNs(clock.wall());
    const entry = readingsSettledEntry({ network: 'plant', wall, settled, others });
    expect((await box.opened.journal.append([entry], 'now')).ok).toBe(true);
    const PLANT = { name: 'plant', network: 'mqtt', url: 'mqtt://127.0.0.1:9/p', acceptSimulated: true };
    const config = await configured([{ ...PLANT, options: { send: 'readings', expiresAfterHours: 2 } }]);
    const { code, lines, err } = await run('--predict', '--readings', '--config', config);
    expect([code, err]).toEqual([0, '']);
    const ofPlant = lines.filter((line) => /telemetry \d+ {2}plant: /.test(line));
    expect(ofPlant).toEqual([
      expect.stringMatching(/telemetry 0 {2}plant: settled$/),
      expect.stringMatching(/telemetry 1 {2}plant: REFUSED: no, no\., expected accepted \(A broker that/),
      // That was years ago.
      ...rest.map((_, at) =>
        expect.stringMatching(
          `telemetry ${at + 2} {2}plant: pending, expected refused \\(It is too old for this network by now`,
        ),
      ),
    ]);
    expect(rest.length).toBeGreaterThan(0);
    const at = lines.indexOf(`  plant: 1 of 2 right (50.0 %), ${rest.length} not answered yet`);
    expect(lines[at + 1]).toMatch(`    ${rest.length} expected refused: It is too old`);
    expect(await objects('--predict', '--network', 'plant', '--config', config)).toMatchObject([
      { line: 'hour', counts: { settled: 1, refused: 1 } },
      {
        line: 'totals',
        predictions: [
          { network: 'plant', right: 1, wrong: 1, open: rest.length, expected: [{ times: rest.length }] },
        ],
      },
    ]);
  });
});
