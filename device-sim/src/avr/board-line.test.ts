import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOrderDesk, loadAdapter, newTally, readDevice, systemClock } from '@outpost/firmware-bridge';
import { describe, expect, it } from 'vitest';
import { runBoard } from '../cli/board.ts';
import { loadBoardMaker } from '../devices/board/board.ts';
import { serveBoard } from '../devices/board/serve-board.ts';
import { ptySocket } from '../devices/pty-plug.ts';
import { BOARD, follow, newSeen, orderOutput, waitFor } from '../soak/firmata.ts';
import { boardMaker } from './index.ts';

const hasSocat = spawnSync('socat', ['-V']).status === 0;

describe.skipIf(!hasSocat)('a board on a serial line (needs socat)', () => {
  it('is read and driven by the gateway as it is installed: port, adapter, orders', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'outpost-board-'));
    const stop = new AbortController();
    const [clock, { signal }] = [systemClock(), stop];
    const seen = newSeen();
    const desk = createOrderDesk((outcome) => seen.outcomes.set(outcome.id, outcome));
    const board = boardMaker.createBoard(['bme280']);
    // It has been on for a while.
    board.start();
    board.setVolts(0, 1.234);
    const path = join(directory, 'board');
    const served = await serveBoard({ board, socket: ptySocket(path, clock), clock, signal });
    if (!served.ok) throw new Error(served.fault.words);
    const loaded = await loadAdapter('firmata');
    if (loaded === undefined) throw new Error('There is no adapter firmata.');
    const events = readDevice({
      adapter: loaded.adapter,
      address: `serial://${path}?baud=57600`,
      options: {
        samplingMs: 100,
        analog: { wire: { channel: 0, signal: 'Sensor.Voltage' } },
        climate: { roof: { chip: 'bme280' } },
        outputs: { pump: { pin: 7, kind: 'relay' }, alive: { pin: 13, kind: 'light' } },
      },
      device: BOARD,
      clock,
      signal,
      tally: newTally(),
      orders: desk,
      report: () => undefined,
    });
    const following = follow(events, seen).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    const waiting = { clock, signal };
    expect(
      await waitFor(waiting, () => seen.volts !== undefined && seen.pascals !== undefined),
    ).toBeDefined();
    expect(Math.abs((seen.volts ?? 0) - 1.234)).toBeLessThanOrEqual(5 / 1_024 + 0.0005);
    expect(seen.pascals).toBe(100_653);
    const done = await orderOutput(waiting, desk, seen, { id: 'a', output: 'pump', value: 1 });
    expect([done?.kind, board.level(7)]).toEqual(['done', 'high']);
    const refused = await orderOutput(waiting, desk, seen, { id: 'b', output: 'door', value: 1 });
    expect(refused).toMatchObject({ kind: 'refused', code: 'not-allowed' });
    // Readings reach whoever keeps them, and the status light changes with them.
    const lit = board.level(13);
    expect(await waitFor(waiting, () => board.level(13) !== lit)).toBeDefined();
    stop.abort(new Error('The test is over.'));
    await following;
    await served.value[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  }, 60_000);
});

describe('outpost-sim board', () => {
  it('says what is missing where the development packages are', async () => {
    const loaded = await loadBoardMaker(new URL('file:///nowhere/at/all/index.js'));
    expect(loaded).toMatchObject({
      ok: false,
      fault: {
        kind: 'misconfigured',
        words: expect.stringContaining('npx tsc -b device-sim/tsconfig.tools.json'),
      },
    });
  });

  it.each([
    [{ volts: '9=1' }, '--volts: "9=1" is no voltage at a pin'],
    [{ volts: '0=7' }, '--volts: "0=7" is no voltage at a pin'],
    [{ chips: 'dht22' }, '--chips: "dht22" is not one of bme280, sht3x.'],
    [{ pty: 'a b' }, '--pty: "a b" cannot be the path of a serial line'],
  ])('refuses %j', async (options, words) => {
    const said: string[] = [];
    const terminal = {
      out: (line: string) => said.push(line),
      err: (line: string) => said.push(line),
      signal: AbortSignal.abort(),
    };
    const usual = { listen: 'tcp://127.0.0.1:0', volts: '', chips: '' };
    expect(await runBoard({ ...usual, ...options }, terminal)).toBe(78);
    expect(said.join('')).toContain(words);
  });
});
