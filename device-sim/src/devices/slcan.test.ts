import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  loadAdapter,
  newTally,
  openPort,
  type Port,
  readDevice,
  systemClock,
} from '@outpost/firmware-bridge';
import { redecodeSlcan } from '@outpost/firmware-bridge/wires';
import { decodePid, PIDS } from '@outpost/schemas/vehicle';
import {
  asciiBytes,
  asciiText,
  type Body,
  type DeviceName,
  type NumberBody,
  type Observation,
} from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CodeMemory, NO_CODES } from '../car/codes.ts';
import { controlUnits, respond } from '../car/ecu.ts';
import type { Plan } from '../car/plan.ts';
import type { Socket } from './plug.ts';
import { ptySocket } from './pty-plug.ts';
import { type ServedSlcan, serveSlcan } from './slcan/serve-slcan.ts';
import { type SlcanChoice, slcanModelOf } from './slcan/testing.ts';
import { type SlcanModel, type SlcanState, slcanDevice } from './slcan.ts';
import { tcpSocket } from './tcp-plug.ts';

/** A person at a terminal, whose time passes only as they say. */
const terminal = (choice: SlcanChoice = {}) => {
  const device = slcanDevice(slcanModelOf({ plan: KEY_ON, ...choice }));
  let state = device.initial;
  let nowMs = 0;
  const pass = (ms: number): string => {
    nowMs += ms;
    const step = device.step(state, { kind: 'time' }, nowMs);
    state = step.state;
    return asciiText(step.bytes);
  };
  return {
    pass,
    state: (): SlcanState => state,
    type: (text: string): string => {
      const step = device.step(state, { kind: 'bytes', bytes: asciiBytes(text) }, nowMs);
      state = step.state;
      return asciiText(step.bytes);
    },
  };
};

const KEY_ON: Plan = { stages: [{ do: 'key-on', forS: Number.POSITIVE_INFINITY }], loopFrom: 0 };
const BEL = '\u0007';

describe('a simulated SLCAN adapter', () => {
  it('obeys as LAWICEL describes it', () => {
    const { type } = terminal();
    expect(type('\r\rC\r')).toBe(`\r\r${BEL}`);
    expect(type('V\rN\r')).toBe('V1013\rNOutpostSimulator1\r');
    expect(type('O\r')).toBe(BEL);
    expect(type('S6\rO\rO\rS5\r')).toBe(`\r\r${BEL}${BEL}`);
    expect(type('F\rX\r')).toBe(`F00\r${BEL}`);
    expect(type('C\rF\r')).toBe(`\r${BEL}`);
    expect(type('L\rt7DF8020100AAAAAAAAAA\r')).toBe(`\r${BEL}`);
  });

  it('passes frames on while it is open, each unit answering in its own time', () => {
    const { type, pass } = terminal();
    type('S6\rO\r');
    expect(type('t7DF8020100AAAAAAAAAA\r')).toBe('z\r');
    const lines = pass(60).split('\r');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^t7E88064100/);
    expect(lines[1]).toMatch(/^t7E98064100/);
  });

  it('stamps frames with a clock that starts again every minute', () => {
    const { type, pass } = terminal();
    pass(59_990);
    type('Z1\rS6\rO\rt7DF8020100AAAAAAAAAA\r');
    const [line = ''] = pass(60).split('\r');
    expect(line).toHaveLength(5 + 16 + 4);
    expect(Number.parseInt(line.slice(-4), 16)).toBeLessThan(60);
  });

  it('sends the rest of a long answer only after a flow control, and gives it up without one', () => {
    const { type, pass, state } = terminal();
    type('S6\rO\rt7DF8020902AAAAAAAAAA\r');
    expect(pass(60).split('\r')).toHaveLength(2);
    type('t7E0830000000000000000'.slice(0, 21));
    type('\r');
    expect(pass(10)).toMatch(/^t7E8821.*\rt7E8822.*\r$/);
    type('t7DF8020902AAAAAAAAAA\r');
    pass(200);
    expect(state().tally.givenUp).toBe(1);
  });

  it('sends as many frames at a time as it is let, and as far apart', () => {
    const { type, pass } = terminal();
    type('S6\rO\rt7DF8020902AAAAAAAAAA\r');
    pass(60);
    type('t7E08300100AAAAAAAAAA\r');
    expect(pass(10)).toMatch(/^t7E8821[^\r]*\r$/);
    type('t7E0830001AAAAAAAAAAAA\r'.replace('0001AA', '0001'));
    type('\r');
    expect(pass(10)).toBe('');
  });

  it('hears nothing and is not heard at another bit rate, and its flags say so', () => {
    const { type, pass } = terminal({ broadcasts: true });
    type('S5\rL\r');
    expect(pass(500)).toBe('');
    expect(type('F\r')).toBe('FA0\r');
    type('C\rS6\rL\r');
    expect(pass(500).split('\r').length).toBeGreaterThan(20);
    expect(type('F\r')).toBe('F00\r');
  });

  it('says the same however its bytes are cut', () => {
    const script = 'S6\rO\rt7DF8020100AAAAAAAAAA\rt7DF8020902AAAAAAAAAA\rt7E08300000AAAAAAAAAA\rV\rC\r';
    const model = slcanModelOf({ broadcasts: true });
    const play = (cuts: readonly number[]): string => {
      const device = slcanDevice(model);
      const places = [...new Set(cuts.map((cut) => cut % script.length))].toSorted((a, b) => a - b);
      let { state } = device.step(device.initial, { kind: 'time' }, 2_000);
      let said = '';
      const parts = [0, ...places].map((from, index) => script.slice(from, places[index] ?? script.length));
      for (const part of parts) {
        const step = device.step(state, { kind: 'bytes', bytes: asciiBytes(part) }, 2_000);
        state = step.state;
        said += asciiText(step.bytes);
      }
      return said + asciiText(device.step(state, { kind: 'time' }, 2_300).bytes);
    };
    const whole = play([]);
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 8 }), (cuts) => {
        expect(play(cuts)).toBe(whole);
      }),
      { numRuns: 25 },
    );
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const device = slcanDevice(slcanModelOf());
        const { state } = device.step(device.initial, { kind: 'bytes', bytes }, 10);
        expect(state.line.length).toBeLessThanOrEqual(64);
      }),
      { numRuns: 50 },
    );
  });
});

const clock = systemClock();
const never = new AbortController().signal;

const served = async (socket: Socket, model: SlcanModel): Promise<ServedSlcan> => {
  const car = await serveSlcan({ model, socket, clock, signal: never });
  if (!car.ok) throw new Error(car.fault.words);
  return car.value;
};

interface Span {
  readonly low: number;
  readonly high: number;
}

/** Adds what each control unit would answer now to every parameter of the table, by address and signal. */
const noteTruth = (truth: Map<string, Span>, model: SlcanModel, { car }: SlcanState): void => {
  for (const unit of controlUnits(model.identity, model.car.parameters)) {
    for (const { pid } of PIDS) {
      const payload = respond(unit, Uint8Array.of(0x01, pid), 'physical', { model: model.car, car });
      const values = payload?.[0] === 0x41 ? decodePid(pid, payload.subarray(2)) : undefined;
      if (values?.ok !== true) continue;
      for (const { signal, mantissa } of values.value) {
        const key = `${unit.address.reply11} ${signal}`;
        const { low, high } = truth.get(key) ?? { low: mantissa, high: mantissa };
        truth.set(key, { low: Math.min(low, mantissa), high: Math.max(high, mantissa) });
      }
    }
  }
};

/** What stood still was said exactly; what moved, as the supply's ripple does, hardly further than was looked at. */
const isTrue = (truth: ReadonlyMap<string, Span>, { ecu, signal, mantissa }: NumberBody): boolean => {
  const span = truth.get(`${ecu} ${signal}`);
  if (span === undefined) return false;
  const margin = span.high - span.low;
  return mantissa >= span.low - margin && mantissa <= span.high + margin;
};

const CODES: CodeMemory = {
  ...NO_CODES,
  pending: ['P0442'],
  stored: ['P0301', 'C1234', 'U0100', 'P0420'],
  permanent: ['P0301'],
  lampOn: true,
};

const ENOUGH = 60;

/** What becomes of an answer that a busy machine heard too late; on an idle one there is none of it. */
const LATE = /^(isotp\.(timeout|no-first|second-first)|obd\.(second-answer|other-shape|other-pack))$/;

const readFor = async (
  where: string,
  options: unknown,
  enough: (said: readonly Observation[]) => boolean,
) => {
  const stop = new AbortController();
  const tally = newTally();
  const said: Observation[] = [];
  const aside: string[] = [];
  const parts = {
    adapter: (await loadAdapter('slcan'))!.adapter,
    address: where,
    options,
    device: 'car' as DeviceName,
    clock,
    signal: stop.signal,
    tally,
    report: () => undefined,
  };
  try {
    for await (const event of readDevice(parts)) {
      if (event.kind !== 'observed') continue;
      said.push(...event.observed.readings);
      aside.push(...event.observed.quarantined.map(({ fault }) => fault.code));
      event.observed.kept();
      if (enough(said)) break;
    }
  } finally {
    stop.abort();
  }
  return { said, tally, aside };
};

const bodiesOf = <K extends Body['kind']>(said: readonly Observation[], kind: K) =>
  said.flatMap(({ body }) => (body.kind === kind ? [body as Extract<Body, { kind: K }>] : []));

const signalsOf = (said: readonly Observation[]): number =>
  new Set(bodiesOf(said, 'number').map(({ signal }) => signal)).size;

const FAST = { requestsPerSecondMax: 20, answerTimeoutMs: 80 };

describe('the gateway at a simulated SLCAN adapter on TCP', () => {
  it('reads at least 60 values, the VIN and the codes as the car has them', async () => {
    const model = slcanModelOf({ plan: KEY_ON, flowTimeoutMs: 1_000, codes: CODES });
    await using car = await served(tcpSocket('127.0.0.1', 0), model);
    const truth = new Map<string, Span>();
    const { said, aside } = await readFor(car.where, FAST, (all) => {
      noteTruth(truth, model, car.look());
      const vin = bodiesOf(all, 'identity').some(({ of }) => of === 'vin');
      return vin && signalsOf(all) >= ENOUGH && bodiesOf(all, 'codes').length >= 6;
    });
    expect(bodiesOf(said, 'number').filter((body) => !isTrue(truth, body))).toEqual([]);
    expect(signalsOf(said)).toBeGreaterThanOrEqual(ENOUGH);
    expect(bodiesOf(said, 'identity').find(({ of }) => of === 'vin')?.text).toBe(model.identity.vin);
    for (const { status, codes: listed, ecu } of bodiesOf(said, 'codes')) {
      expect(listed).toEqual(ecu === 0x7e8 ? CODES[status] : []);
    }
    expect(aside.filter((code) => !LATE.test(code))).toEqual([]);
    const redecode = redecodeSlcan;
    for (const { body, raw } of said) expect(redecode(raw)).toContainEqual(body);
  });
});

const hasSocat = spawnSync('socat', ['-V']).status === 0;

describe.runIf(hasSocat)('a simulated SLCAN adapter on a serial line', () => {
  it('answers there too', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'outpost-slcan-'));
    try {
      await using car = await served(ptySocket(join(folder, 'can'), clock), slcanModelOf({ plan: KEY_ON }));
      const opened = await openPort(`${car.where}?baud=115200`, { clock, signal: never });
      if (!opened.ok) throw new Error(opened.fault.words);
      await using port: Port = opened.value;
      await port.write(asciiBytes('V\r'), never);
      let said = '';
      for await (const { bytes } of port.arrivals) {
        said += asciiText(bytes);
        if (said.endsWith('\r')) break;
      }
      expect(said).toBe('V1013\r');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
