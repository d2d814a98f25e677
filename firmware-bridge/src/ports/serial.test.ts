import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asciiBytes, asciiText, type Result } from '@outpost/schemas/words';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import type { Port } from '../port.ts';
import { openPort } from './index.ts';

const withoutSocat = spawnSync('socat', ['-V']).status !== 0;
const root = mkdtempSync(join(tmpdir(), 'outpost-serial-'));
const devices: ChildProcess[] = [];
const { signal: never } = new AbortController();

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const kill = async (device: ChildProcess): Promise<void> => {
  if (device.exitCode !== null || device.signalCode !== null) return;
  const gone = new Promise((resolve) => device.once('exit', resolve));
  device.kill('SIGKILL');
  await gone;
};

afterEach(async () => {
  for (const device of devices.splice(0)) await kill(device);
});
afterAll(() => rmSync(root, { recursive: true }));

/** A pseudo-terminal behind which something echoes. */
const plugIn = async (name: string): Promise<{ device: ChildProcess; path: string; address: string }> => {
  const path = join(root, name);
  const device = spawn('socat', [`pty,raw,echo=0,link=${path}`, 'exec:cat'], { stdio: 'ignore' });
  devices.push(device);
  while (!existsSync(path)) await sleep(5);
  return { device, path, address: `serial://${path}?baud=115200` };
};

const tryToOpen = (address: string): Promise<Result<Port>> =>
  openPort(address, { clock: systemClock(), signal: never });

const open = async (address: string): Promise<Port> => {
  const result = await tryToOpen(address);
  if (!result.ok) throw new Error(result.fault.words);
  return result.value;
};

/** How many descriptors of this process are open on a path. */
const descriptorsOn = (path: string): number =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(path);
    } catch {
      return false;
    }
  }).length;

const lacking = withoutSocat ? ' (needs socat, which is not installed)' : '';

describe.skipIf(withoutSocat)(`a serial port over a pseudo-terminal${lacking}`, () => {
  it('carries bytes both ways', async () => {
    const { address } = await plugIn('both-ways');
    const port = await open(address);
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    expect((await port.write(all, never)).ok).toBe(true);
    const heard: number[] = [];
    for await (const { bytes } of port.arrivals) {
      heard.push(...bytes);
      if (heard.length >= all.length) break;
    }
    expect(heard).toEqual([...all]);
    await port[Symbol.asyncDispose]();
  });

  it('notices the unplugging at once and closes the line', async () => {
    const { device, address, path } = await plugIn('unplugged');
    const real = realpathSync(path);
    const port = await open(address);
    await sleep(20);
    const start = systemClock().mono();
    await kill(device);
    expect((await port.closed).code).toBe('serial.unplugged');
    expect(Number(systemClock().mono() - start) / 1e6).toBeLessThan(1_500);
    await port[Symbol.asyncDispose]();
    expect(descriptorsOn(real)).toBe(0);
    expect(await port.write(asciiBytes('x'), never)).toMatchObject({ fault: { code: 'serial.unplugged' } });
  });

  it('notices an unplugging in the very moment of opening, and burns no processor over it', async () => {
    for (const afterMs of [0, 1, 3, 10]) {
      const { device, address } = await plugIn(`race-${afterMs}`);
      const opening = tryToOpen(address);
      await sleep(afterMs);
      await kill(device);
      const result = await opening;
      if (!result.ok) {
        expect(result.fault.kind).toBe('unreachable');
        continue;
      }
      const before = process.cpuUsage();
      expect((await result.value.closed).code).toBe('serial.unplugged');
      await result.value[Symbol.asyncDispose]();
      const { user, system } = process.cpuUsage(before);
      expect((user + system) / 1e3).toBeLessThan(500);
    }
  });

  it('opens again under the same name with another device behind it', async () => {
    const first = await plugIn('again');
    const port = await open(first.address);
    await kill(first.device);
    await port.closed;
    await port[Symbol.asyncDispose]();
    expect(await tryToOpen(first.address)).toMatchObject({
      fault: { kind: 'unreachable', code: 'serial.absent' },
    });
    const second = await plugIn('again');
    const next = await open(second.address);
    await next.write(asciiBytes('back'), never);
    const { value } = await next.arrivals[Symbol.asyncIterator]().next();
    expect(asciiText(value?.bytes ?? new Uint8Array())).toMatch(/^b/);
    await next[Symbol.asyncDispose]();
  });

  it('does not share a line, not even as root, and leaves no descriptor behind after an attempt', async () => {
    const { address, path } = await plugIn('busy');
    const real = realpathSync(path);
    const port = await open(address);
    const refused = await tryToOpen(address);
    expect(refused).toMatchObject({ fault: { kind: 'unreachable', code: 'serial.busy' } });
    expect(refused.ok ? '' : refused.fault.words).toContain(`process ${process.pid} holds this line`);
    expect(descriptorsOn(real)).toBe(1);
    await port[Symbol.asyncDispose]();
    const next = await open(address);
    await next[Symbol.asyncDispose]();
  });

  it('respects another program’s kernel lock, again and again, without losing descriptors', async () => {
    const { address, path } = await plugIn('foreign');
    const real = realpathSync(path);
    // flock(1) holds the kernel's lock as long as the command behind it runs.
    const holder = spawn('flock', [real, 'sh', '-c', 'echo held; exec sleep 60'], { detached: true });
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    for (let i = 0; i < 5; i += 1) {
      const refused = await tryToOpen(address);
      expect(refused).toMatchObject({ fault: { kind: 'unreachable', code: 'serial.busy' } });
    }
    expect(descriptorsOn(real)).toBe(0);
    process.kill(-(holder.pid ?? 0), 'SIGKILL');
  });
});

describe('a serial port', () => {
  it('says that there is no such device', async () => {
    expect(await tryToOpen('serial:///dev/no-such-line')).toMatchObject({
      fault: { kind: 'unreachable', code: 'serial.absent', where: 'serial:///dev/no-such-line' },
    });
  });

  it.each(['/etc/passwd', '/dev/null'])('says that %s is no serial line', async (path) => {
    expect(await tryToOpen(`serial://${path}`)).toMatchObject({
      fault: { kind: 'misconfigured', code: 'serial.not-a-line' },
    });
    expect(descriptorsOn(path === '/dev/null' ? '/nowhere' : path)).toBe(0);
  });
});
