import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPort, type Port, systemClock } from '@outpost/firmware-bridge';
import { asciiBytes, asciiText } from '@outpost/schemas/words';
import { afterAll, describe, expect, it } from 'vitest';
import { type ModelChoice, modelOf } from './elm327/testing.ts';
import type { Socket } from './plug.ts';
import { ptySocket } from './pty-plug.ts';
import { type ServedCar, serveCar } from './serve-car.ts';
import { tcpSocket } from './tcp-plug.ts';

const clock = systemClock();
const forEver = new AbortController().signal;
const anyPort = (): Socket => tcpSocket('127.0.0.1', 0);

const served = async (socket: Socket, choice: ModelChoice = {}): Promise<ServedCar> => {
  const car = await serveCar({ model: modelOf(choice), socket, clock, signal: forEver });
  if (!car.ok) throw new Error(car.fault.words);
  return car.value;
};

interface Client extends AsyncDisposable {
  readonly port: Port;
  ask(command: string): Promise<string>;
}

/** A program over the gateway's own ports. Tries again while the address is away. */
const clientOf = async (where: string): Promise<Client> => {
  const address = where.startsWith('serial:') ? `${where}?baud=38400` : where;
  for (;;) {
    const opened = await openPort(address, { clock, signal: forEver });
    if (opened.ok) return over(opened.value);
    await clock.sleep(20, forEver);
  }
};

const over = (port: Port): Client => {
  const arrivals = port.arrivals[Symbol.asyncIterator]();
  return {
    port,
    ask: async (command) => {
      await port.write(asciiBytes(`${command}\r`), forEver);
      let said = '';
      while (!said.endsWith('>')) {
        const { value, done } = await arrivals.next();
        if (done === true) return said;
        said += asciiText(value.bytes);
      }
      return said;
    },
    [Symbol.asyncDispose]: () => port[Symbol.asyncDispose](),
  };
};

describe('a simulated car on TCP', () => {
  it('answers a program and turns a second one away', async () => {
    await using car = await served(anyPort());
    await using first = await clientOf(car.where);
    expect(await first.ask('ATE0')).toBe('ATE0\rOK\r\r>');
    await using second = await clientOf(car.where);
    expect((await second.port.closed).kind).toBe('unreachable');
    expect(await first.ask('ATI')).toMatch(/^ELM327 .* Outpost simulator\r\r>$/);
    expect(car.tally()).toMatchObject({ clients: 1, commands: 2, bytesLost: 0, bytesUnread: 0 });
  });

  it('keeps its settings when the program goes and comes back', async () => {
    await using car = await served(anyPort());
    const first = await clientOf(car.where);
    await first.ask('ATE0');
    await first[Symbol.asyncDispose]();
    for (let tries = 0, said = ''; said === ''; tries += 1) {
      // Until the dongle has noticed that the first is gone, it turns others away.
      expect(tries).toBeLessThan(100);
      await using again = await clientOf(car.where);
      said = await again.ask('ATRV');
      if (said !== '') expect(said).toMatch(/^1\d\.\dV\r\r>$/);
    }
    expect(car.tally().clients).toBe(2);
  });

  it('takes its time with the car as a real one does', async () => {
    await using car = await served(anyPort(), { protocol: '7', speedUp: 10 });
    await using client = await clientOf(car.where);
    for (const command of ['ATE0', 'ATH1', 'ATS0', 'ATSP7']) await client.ask(command);
    const before = clock.mono();
    expect(await client.ask('010C1')).toMatch(/^18DAF11004410C[0-9A-F]{4}\r\r>$/);
    const ms = Number(clock.mono() - before) / 1e6;
    expect(ms).toBeGreaterThan(8);
    expect(ms).toBeLessThan(500);
  });

  it('is pulled out by its script and comes back at the same address without its settings', async () => {
    await using car = await served(anyPort(), { faults: [{ atMs: 250, what: 'unplug', forMs: 800 }] });
    await using before = await clientOf(car.where);
    await before.ask('ATE0');
    expect((await before.port.closed).kind).toBe('unreachable');
    expect((await openPort(car.where, { clock, signal: forEver })).ok).toBe(false);
    await using after = await clientOf(car.where);
    expect(await after.ask('ATI')).toMatch(/^ATI\rELM327/);
    expect(car.tally()).toMatchObject({ clients: 2, faults: 1 });
  });

  it('says in one sentence that its address is taken', async () => {
    await using car = await served(anyPort());
    const socket = tcpSocket('127.0.0.1', Number(new URL(car.where).port));
    const other = await serveCar({ model: modelOf(), socket, clock, signal: forEver });
    expect(other).toMatchObject({ ok: false, fault: { kind: 'misconfigured', where: car.where } });
    expect(other.ok ? '' : other.fault.words).toContain('another program listens there already');
  });

  it('ends when its signal aborts, with a program still connected', async () => {
    const stop = new AbortController();
    const car = await serveCar({ model: modelOf(), socket: anyPort(), clock, signal: stop.signal });
    if (!car.ok) throw new Error(car.fault.words);
    await using client = await clientOf(car.value.where);
    stop.abort();
    expect((await car.value.ended).ok).toBe(true);
    await client.port.closed;
  });
});

const hasSocat = spawnSync('socat', ['-V']).status === 0;

describe.skipIf(!hasSocat)('a simulated car on a serial line (needs socat)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'outpost-sim-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('stays while programs come and go, and its link goes with it', async () => {
    const path = join(folder, 'dongle');
    const car = await served(ptySocket(path, clock));
    expect(car.where).toBe(`serial://${path}`);
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    const first = await clientOf(car.where);
    expect(await first.ask('ATE0')).toBe('ATE0\rOK\r\r>');
    await first[Symbol.asyncDispose]();
    const second = await clientOf(car.where);
    expect(await second.ask('ATI')).toMatch(/^ELM327 .* Outpost simulator\r\r>$/);
    await car[Symbol.asyncDispose]();
    expect((await second.port.closed).kind).toBe('unreachable');
    expect(existsSync(path)).toBe(false);
  });

  it('understands a program only at its own rate, where the rate is watched', async () => {
    const path = join(folder, 'rate');
    await using car = await served(ptySocket(path, clock, { watchesRate: true }));
    for (const [baud, understood] of [
      [115_200, false],
      [38_400, true],
    ] as const) {
      const opened = await openPort(`serial://${path}?baud=${baud}`, { clock, signal: forEver });
      if (!opened.ok) throw new Error(opened.fault.words);
      await using client = over(opened.value);
      await client.port.write(asciiBytes('ATI\r\r'), forEver);
      await clock.sleep(250, forEver);
      expect(car.look().lineBaud).toBe(baud);
      expect(car.tally().commands > 0).toBe(understood);
    }
  });

  it('is pulled out and put back by its script', async () => {
    const faults = [{ atMs: 400, what: 'unplug', forMs: 300 }];
    await using car = await served(ptySocket(join(folder, 'loose'), clock), { faults });
    await using before = await clientOf(car.where);
    await before.ask('ATE0');
    expect((await before.port.closed).kind).toBe('unreachable');
    await using after = await clientOf(car.where);
    expect(await after.ask('ATI')).toMatch(/^ATI\rELM327/);
  });

  it('does not replace a file of somebody else', async () => {
    const path = join(folder, 'letter.txt');
    writeFileSync(path, 'dear');
    const car = await serveCar({ model: modelOf(), socket: ptySocket(path, clock), clock, signal: forEver });
    expect(car.ok ? '' : car.fault.words).toContain('is there already and is no link');
  });
});
