import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import { afterAll, describe, expect, it } from 'vitest';
import { orderOfWords, runControl } from '../../cli/control.ts';
import { dialogue, modelOf } from '../elm327/testing.ts';
import { newDongle, type Order, stepDongle } from '../elm327.ts';
import { type ServedCar, serveCar } from '../serve-car.ts';
import { tcpSocket } from '../tcp-plug.ts';
import { CONTROL_EXAMPLES, readOrder } from './read-order.ts';
import { serveControl } from './serve-control.ts';

/** A car in simulated time that takes lines as the socket does. */
const controlled = (choice: Parameters<typeof modelOf>[0] = {}) => {
  const model = modelOf(choice);
  let state = newDongle(model);
  let nowMs = 0;
  const step = (order?: Order): void => {
    const input = order === undefined ? { kind: 'time' as const } : { kind: 'order' as const, order };
    state = stepDongle(model, state, input, nowMs).state;
  };
  return {
    tell: (line: string): void => {
      const wish = readOrder(line);
      if (!wish.ok) throw new Error(wish.fault.words);
      if (wish.value.kind === 'order') step(wish.value.make(state.car));
    },
    pass: (ms: number): void => {
      nowMs += ms;
      step();
    },
    state: () => state,
    kmh: (): number => state.car.motion.speedMps * 3.6,
  };
};

const words = (line: string): string => {
  const wish = readOrder(line);
  return wish.ok ? wish.value.kind : wish.fault.words;
};

describe('orders to a running simulation', () => {
  it('are all understood as the help shows them', () => {
    expect(CONTROL_EXAMPLES.map(words)).toEqual(['status', ...Array(10).fill('order')]);
  });

  it.each([
    ['speed', 'a line must be a JSON object'],
    ['[1]', 'a line must be a JSON object'],
    ['{"do":"fly"}', '"do" must be one of status, speed'],
    ['{"do":"toString"}', '"do" must be one of status, speed'],
    ['{"do":"speed","kmh":900}', '"kmh" must be a number from 0 to 250.'],
    ['{"do":"route","cycle":"moon"}', '"cycle" must be one of wltc'],
    ['{"do":"ignition"}', '"to" must be one of on, key, off.'],
    ['{"do":"code","code":"X1"}', 'the fault needs "code"'],
    ['{"do":"drop","frames":0}', 'the fault has a "count"'],
    ['{"do":"fault","what":"noise","for":1}', 'the fault has the unknown key "for"'],
  ])('are refused in words: %s', (line, why) => {
    expect(words(line)).toContain(why);
  });

  it('set the speed, from parked and on the road, and keep it', () => {
    const car = controlled({ parked: true });
    car.pass(10_000);
    car.tell('{"do":"speed","kmh":50}');
    car.pass(60_000);
    expect(car.kmh()).toBeCloseTo(50, -0.5);
    car.tell('{"do":"speed","kmh":90}');
    car.pass(1_000);
    expect(car.kmh()).toBeGreaterThan(44);
    car.pass(40_000);
    expect(car.kmh()).toBeCloseTo(90, -0.5);
    car.tell('{"do":"speed","kmh":0}');
    car.pass(40_000);
    expect(car.kmh()).toBe(0);
    expect(car.state().car.ignition).toBe('running');
  });

  it('turn the key, and stop a moving car first', () => {
    const car = controlled();
    car.tell('{"do":"speed","kmh":60}');
    car.pass(60_000);
    car.tell('{"do":"ignition","to":"off"}');
    car.pass(2_000);
    expect(car.kmh()).toBeGreaterThan(30);
    car.pass(30_000);
    expect([car.kmh(), car.state().car.ignition]).toEqual([0, 'off']);
    car.tell('{"do":"ignition","to":"key"}');
    car.pass(1_000);
    expect(car.state().car.ignition).toBe('on');
    car.tell('{"do":"ignition","to":"on"}');
    car.pass(10_000);
    expect(car.state().car.engine.rpm).toBeGreaterThan(500);
  });

  it('change the route', () => {
    const car = controlled();
    car.pass(60_000);
    car.tell('{"do":"route","cycle":"us06"}');
    const speeds = Array.from({ length: 130 }, () => {
      car.pass(1_000);
      return car.kmh();
    });
    // US06 goes beyond 100 km/h in its second minute, the WLTC does not in its first ten.
    expect(Math.max(...speeds)).toBeGreaterThan(100);
    expect(car.state().carModel.plan.stages.at(-1)).toMatchObject({ do: 'drive', cycle: { name: 'us06' } });
  });

  it('break things now, and make all whole again', () => {
    const car = controlled();
    car.pass(20_000);
    car.tell('{"do":"code","code":"P0301"}');
    car.pass(20_000);
    expect(car.state().car.codes.stored).toEqual(['P0301']);
    car.tell('{"do":"clear-codes"}');
    expect(car.state().car.codes.stored).toEqual([]);
    car.tell('{"do":"fault","what":"mute","forMs":60000}');
    car.tell('{"do":"drop","frames":3}');
    expect(car.state().losing).toBe(3);
    car.tell('{"do":"calm"}');
    expect(car.state()).toMatchObject({ losing: 0, tally: { orders: 5 } });
    expect(car.state().script.every(({ atMs, forMs }) => atMs + forMs <= 40_000)).toBe(true);
  });

  it('leave what the script had planned in its place', () => {
    const car = controlled({ faults: [{ atMs: 60_000, what: 'dtc-appears', code: 'P0420' }] });
    car.pass(20_000);
    car.tell('{"do":"vin","vin":"1M8GDM9AXKP042788"}');
    car.pass(50_000);
    expect(car.state().car.codes.pending).toEqual(['P0420']);
    expect(car.state().tally.faults).toBe(2);
  });

  it('say words as the command line says them', () => {
    expect(orderOfWords(['speed', '80'])).toBe('{"do":"speed","kmh":80}');
    expect(orderOfWords(['fault', 'noise', '2000'])).toBe('{"do":"fault","what":"noise","forMs":2000}');
    expect(orderOfWords(['{"do":"calm"}'])).toBe('{"do":"calm"}');
    expect(words(orderOfWords(['speed']))).toContain('"kmh" must be a number');
  });
});

const folder = mkdtempSync(join(tmpdir(), 'outpost-control-'));
afterAll(() => rmSync(folder, { recursive: true }));
const forEver = new AbortController().signal;

const servedCar = async (): Promise<ServedCar> => {
  const socket = tcpSocket('127.0.0.1', 0);
  const car = await serveCar({ model: modelOf(), socket, clock: systemClock(), signal: forEver });
  if (!car.ok) throw new Error(car.fault.words);
  return car.value;
};

const ordered = async (path: string, ...order: readonly string[]): Promise<string> => {
  const said: string[] = [];
  const terminal = {
    out: (line: string) => said.push(line),
    err: (line: string) => said.push(line),
    signal: forEver,
  };
  return `${await runControl(path, order, terminal)} ${said.join(' | ')}`;
};

describe('the control socket', () => {
  it('takes orders and answers with what the car does', async () => {
    const path = join(folder, 'car.sock');
    await using car = await servedCar();
    const control = await serveControl(path, car);
    if (!control.ok) throw new Error(control.fault.words);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await ordered(path)).toMatch(/^0 \{"ok":true,"where":"tcp:.*"ignition":"(on|running|cranking)"/);
    expect(await ordered(path, 'fault', 'mute', '60000')).toContain('"faults":["mute"]');
    expect(await ordered(path, 'calm')).toContain('"faults":[]');
    expect(await ordered(path, 'fly')).toMatch(/^78 control socket: "do" must be one of/);
    await control.value[Symbol.asyncDispose]();
    expect(existsSync(path)).toBe(false);
    expect(await ordered(path)).toMatch(/^1 .*no simulation takes orders there \(ENOENT\)/);
  });

  it('answers a line that is none in words, and closes on one that never ends', async () => {
    const path = join(folder, 'rough.sock');
    await using car = await servedCar();
    const control = await serveControl(path, car);
    if (!control.ok) throw new Error(control.fault.words);
    await using _open = control.value;
    const answer = await new Promise<string>((resolve) => {
      let said = '';
      const socket = connect(path, () => socket.write('hello\n'));
      socket.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        socket.write('x'.repeat(10_000));
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(said));
    });
    expect(JSON.parse(answer)).toMatchObject({ ok: false });
  });

  it('takes the place of one that was left behind, and of nothing else', async () => {
    await using car = await servedCar();
    const path = join(folder, 'twice.sock');
    const first = await serveControl(path, car);
    const second = await serveControl(path, car);
    expect(second.ok ? '' : second.fault.words).toContain('another simulation listens there');
    if (first.ok) await first.value[Symbol.asyncDispose]();
    const letter = join(folder, 'letter.txt');
    writeFileSync(letter, 'dear');
    const third = await serveControl(letter, car);
    expect(third.ok ? '' : third.fault.words).toContain('is no socket');
  });

  it('pulls the dongle out while a program talks to it', async () => {
    const talk = dialogue(modelOf());
    expect(talk.ask('ATE0')).toContain('OK');
    await using car = await servedCar();
    car.command(() => {
      const wish = readOrder('{"do":"unplug","forMs":60000}');
      if (!wish.ok || wish.value.kind !== 'order') throw new Error('an order');
      return wish.value.make(car.look().car);
    });
    const refused = await new Promise<boolean>((resolve) => {
      const attempt = (tries: number): void => {
        const { hostname, port } = new URL(car.where);
        const socket = connect(Number(port), hostname);
        socket.once('error', () => resolve(true));
        socket.once('connect', () => {
          socket.destroy();
          if (tries > 100) resolve(false);
          else setImmediate(attempt, tries + 1);
        });
      };
      attempt(0);
    });
    expect(refused).toBe(true);
  });
});
