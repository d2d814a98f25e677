import { fromHex, type MonoNs, monoAfterMs, monoNs, toHex } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFlowControl, encodeFlowControl, type FlowControl } from './flow-control.ts';
import { type Assembled, assemble, segment } from './isotp.ts';
import { type ReceiveRules, type Reception, receiveFrame, receiveOverdue } from './isotp-receive.ts';
import {
  type Sending,
  type SendRules,
  type Sent,
  sendDue,
  startSending,
  takeFlowControl,
} from './isotp-send.ts';

const T0 = monoNs(0n);
const at = (ms: number): MonoNs => monoAfterMs(T0, ms);

const ALL_AT_ONCE: ReceiveRules = {
  blockSize: 0,
  separationUs: 0,
  bytesMax: 4_095,
  consecutiveTimeoutMs: 150,
};
const RULES: SendRules = { padding: 0xaa, flowTimeoutMs: 75, waitsMax: 2 };

interface Run {
  readonly assembled: readonly Assembled<number>[];
  readonly flows: readonly string[];
  readonly open: Reception<number> | undefined;
}

const receive = (frames: readonly Uint8Array[], rules = ALL_AT_ONCE): Run => {
  let open: Reception<number> | undefined;
  const assembled: Assembled<number>[] = [];
  const flows: string[] = [];
  for (const [line, bytes] of frames.entries()) {
    const received = receiveFrame(open, { bytes, line }, rules, T0);
    open = received.reception;
    if (received.assembled !== undefined) assembled.push(received.assembled);
    if (received.flow !== undefined) flows.push(toHex(encodeFlowControl(received.flow, undefined)));
  }
  return { assembled, flows, open };
};

const hex = (...frames: readonly string[]): readonly Uint8Array[] => frames.map((frame) => fromHex(frame)!);

const outcome = ({ assembled }: Run): readonly string[] =>
  assembled.map(({ payload, lines }) =>
    payload.ok ? toHex(payload.value) : `${payload.fault.code} ${lines.join()}`,
  );

// The example of the ELM327 data sheet: the identification number 1D4GP00R55B123456.
const VIN = hex('1014490201314434', '2147503030523535', '2242313233343536');

describe('a receiver of ISO-TP messages', () => {
  it.each([
    ['a single frame', hex('06410c1af8aaaaaa'), ['410c1af8aaaa']],
    ['a single frame without filling', hex('03410d32'), ['410d32']],
    ['a long message', VIN, ['4902013144344750303052353542313233343536']],
    [
      'a message that ends with a full frame',
      hex('100d010203040506', '210708090a0b0c0d'),
      ['0102030405060708090a0b0c0d'],
    ],
    ['two messages one after the other', hex('017e', '03410d32'), ['7e', '410d32']],
  ])('takes %s', (_, frames, payloads) => {
    expect(outcome(receive(frames))).toEqual(payloads);
  });

  it.each([
    ['no byte at all', hex(''), ['isotp.kind 0']],
    ['a single frame of no bytes', hex('00'), ['isotp.length 0']],
    ['a single frame that ends early', hex('06410c1a'), ['isotp.length 0']],
    ['a single frame that is neither full nor exact', hex('03410d3200'), ['isotp.length 0']],
    ['a first frame that a single one would do for', hex('1007010203040506'), ['isotp.length 0']],
    ['a first frame that is short', hex('10140102'), ['isotp.length 0']],
    ['a consecutive frame alone', hex('2101020304050607'), ['isotp.no-first 0']],
    ['a flow control', hex('300000'), ['isotp.kind 0']],
    ['a frame of a reserved kind', hex('4001020304050607'), ['isotp.kind 0']],
    ['a missing frame', [VIN[0]!, VIN[2]!], ['isotp.sequence 0,1']],
    ['a frame twice', [VIN[0]!, VIN[1]!, VIN[1]!, VIN[2]!], ['isotp.sequence 0,1,2', 'isotp.no-first 3']],
    ['frames in another order', [VIN[0]!, VIN[2]!, VIN[1]!], ['isotp.sequence 0,1', 'isotp.no-first 2']],
    [
      'a second first frame',
      [VIN[0]!, ...VIN],
      ['isotp.second-first 0,1', 'isotp.no-first 2', 'isotp.no-first 3'],
    ],
    ['a single frame in between', [VIN[0]!, hex('017e')[0]!], ['isotp.second-first 0,1']],
    ['a short frame in between', hex('1014490201314434', '214750'), ['isotp.length 0,1']],
    [
      'one frame too many',
      [...VIN, hex('2301020304050607')[0]!],
      ['4902013144344750303052353542313233343536', 'isotp.no-first 3'],
    ],
  ])('refuses %s, with every frame that it takes along', (_, frames, outcomes) => {
    expect(outcome(receive(frames))).toEqual(outcomes);
  });

  it('asks for the next block when one is through, and not after the last frame', () => {
    const frames = segment(new Uint8Array(6 + 7 * 5), 0);
    const run = receive(frames, { ...ALL_AT_ONCE, blockSize: 2, separationUs: 500 });
    expect(run.flows).toEqual(['3002f5', '3002f5', '3002f5']);
    expect(outcome(run)).toEqual(['00'.repeat(41)]);
    expect(receive(VIN).flows).toEqual(['300000']);
  });

  it('turns away what is longer than it takes, and every length of 32 bits', () => {
    const rules = { ...ALL_AT_ONCE, bytesMax: 20 };
    expect(receive(hex('1015490201314434'), rules)).toMatchObject({ flows: ['320000'], open: undefined });
    const run = receive(hex('1000000010000102'));
    expect(outcome(run)).toEqual(['isotp.overflow 0']);
    expect(run.flows).toEqual(['320000']);
    // The escape for a message that 12 bits could name is no frame of the standard, so nothing is answered.
    expect(receive(hex('1000000000140102'))).toMatchObject({ flows: [], open: undefined });
  });

  it('gives up when the next frame does not come in time', () => {
    const { open } = receive(VIN.slice(0, 2));
    expect(receiveOverdue(open!, at(149))).toBeUndefined();
    expect(receiveOverdue(open!, at(150))).toMatchObject({
      payload: { ok: false, fault: { code: 'isotp.timeout' } },
      lines: [0, 1],
    });
  });

  it('comes to the same as what puts a whole reply together at once', () => {
    const frame = fc.oneof(
      fc.uint8Array({ maxLength: 8 }),
      fc.constantFrom(...VIN),
      fc.constantFrom(...hex('03410d32', '017e', '100a010203040506', '2107080900000000')),
    );
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 8 }), (frames) => {
        const { assembled, open } = receive(frames);
        const whole = assemble(frames.map((bytes, line) => ({ bytes, line })));
        const good = (list: readonly Assembled<number>[]): readonly Assembled<number>[] =>
          list.slice(0, list.findIndex(({ payload }) => !payload.ok) >>> 0);
        expect(good(assembled)).toEqual(good(whole));
        const bad = assembled.some(({ payload }) => !payload.ok) || open !== undefined;
        expect(bad).toBe(whole.some(({ payload }) => !payload.ok));
      }),
      { numRuns: 500 },
    );
  });
});

type Damage = (frames: readonly Uint8Array[], where: number) => readonly Uint8Array[];

const changed =
  (change: (bytes: Uint8Array) => Uint8Array): Damage =>
  (frames, where) =>
    frames.map((bytes, index) => (index === where ? change(bytes) : bytes));

const firstByte =
  (change: (byte: number) => number) =>
  (bytes: Uint8Array): Uint8Array =>
    Uint8Array.from(bytes, (byte, index) => (index === 0 ? change(byte) : byte));

const DAMAGES: Readonly<Record<string, Damage>> = {
  lost: (frames, where) => frames.filter((_, index) => index !== where),
  doubled: (frames, where) => frames.flatMap((bytes, index) => (index === where ? [bytes, bytes] : [bytes])),
  late: (frames, where) => [...frames.filter((_, index) => index !== where), frames[where]!],
  renumbered: changed((bytes) => (bytes[0]! >> 4 === 2 ? firstByte((byte) => byte ^ 0x05)(bytes) : bytes)),
  'of another kind': changed((bytes) =>
    bytes[0]! >> 4 === 2 ? firstByte((byte) => byte ^ 0x20)(bytes) : bytes,
  ),
  shortened: changed((bytes) => bytes.subarray(0, bytes.length - 1)),
  lengthened: changed((bytes) => Uint8Array.of(...bytes, 0)),
};

describe('a message of several frames of which one is broken', () => {
  it.each(Object.entries(DAMAGES))('%s is never another message', (_, damage) => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 8, maxLength: 130 }),
        fc.nat(),
        fc.boolean(),
        (payload, place, pad) => {
          const frames = segment(payload, pad ? 0x55 : undefined);
          const { assembled } = receive(damage(frames, place % frames.length));
          for (const { payload: got } of assembled) {
            if (got.ok) expect(toHex(got.value)).toBe(toHex(payload));
          }
        },
      ),
    );
  });
});

/** Both ends joined by a bus that takes no time; waits are passed over. */
const transfer = (
  payload: Uint8Array,
  rules: ReceiveRules,
  padding: number | undefined,
): readonly string[] => {
  const sendRules = { ...RULES, padding };
  let now = T0;
  let sent: Sent = startSending(payload, sendRules, now);
  let open: Reception<number> | undefined;
  const got: string[] = [];
  for (let steps = 0; steps < 2_000; steps += 1) {
    const flows: FlowControl[] = [];
    for (const bytes of sent.frames) {
      const received = receiveFrame(open, { bytes, line: 0 }, rules, now);
      open = received.reception;
      if (received.flow !== undefined) flows.push(received.flow);
      if (received.assembled !== undefined) {
        const { payload: whole } = received.assembled;
        got.push(whole.ok ? toHex(whole.value) : whole.fault.code);
      }
    }
    const { sending } = sent;
    if (sending === undefined) return sent.fault === undefined ? got : [...got, sent.fault.code];
    const [flow] = flows;
    if (flow !== undefined) sent = takeFlowControl(sending, encodeFlowControl(flow, padding), sendRules, now);
    else {
      now = sending.due;
      sent = sendDue(sending, sendRules, now);
    }
  }
  throw new Error('the transfer never ended');
};

describe('a sender of ISO-TP messages', () => {
  it('and a receiver bring every message over, whatever the receiver asks for', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 400 }),
        fc.integer({ min: 0, max: 20 }),
        fc.constantFrom(0, 100, 900, 5_000),
        fc.constantFrom(undefined, 0x00, 0xaa),
        (payload, blockSize, separationUs, padding) => {
          expect(transfer(payload, { ...ALL_AT_ONCE, blockSize, separationUs }, padding)).toEqual([
            toHex(payload),
          ]);
        },
      ),
    );
    expect(transfer(new Uint8Array(4_095), { ...ALL_AT_ONCE, blockSize: 8 }, 0)).toEqual([
      '00'.repeat(4_095),
    ]);
  });

  it('stops where the receiver has no room', () => {
    const codes = transfer(new Uint8Array(30), { ...ALL_AT_ONCE, bytesMax: 29 }, 0);
    expect(codes).toEqual(['isotp.overflow', 'isotp.overflow']);
  });

  const begun = (): Sending => startSending(new Uint8Array(30), RULES, T0).sending!;
  const flow = (text: string, sending = begun(), now = T0): Sent =>
    takeFlowControl(sending, fromHex(text)!, RULES, now);

  it('sends a message of up to seven bytes at once and one of more than 4,095 not at all', () => {
    const sent = startSending(fromHex('010d')!, RULES, T0);
    expect(sent.frames.map(toHex)).toEqual(['02010daaaaaaaaaa']);
    expect(sent.sending).toBeUndefined();
    expect(() => startSending(new Uint8Array(4_096), RULES, T0)).toThrow(RangeError);
  });

  it('keeps the time between frames that the receiver asks for', () => {
    const first = flow('300014');
    expect(first.frames).toHaveLength(1);
    expect(sendDue(first.sending!, RULES, at(19)).frames).toHaveLength(0);
    expect(sendDue(first.sending!, RULES, at(20)).frames).toHaveLength(1);
  });

  it('waits as often as it may when it is asked to, and then gives up', () => {
    const once = flow('310000');
    const twice = flow('310000', once.sending);
    expect(flow('300000', twice.sending).frames).toHaveLength(4);
    expect(flow('310000', twice.sending).fault).toMatchObject({ kind: 'unreachable', code: 'isotp.waits' });
    expect(sendDue(twice.sending!, RULES, at(74)).fault).toBeUndefined();
    expect(sendDue(twice.sending!, RULES, at(75)).fault?.code).toBe('isotp.timeout');
  });

  it('gives up at a reserved status, and passes over what it did not wait for', () => {
    expect(flow('330000').fault?.code).toBe('isotp.flow-status');
    expect(flow('3000').fault?.code).toBe('isotp.flow-length');
    const sending = flow('300014').sending!;
    expect(flow('320000', sending)).toEqual({ sending, frames: [], fault: undefined });
  });
});

describe('a flow control', () => {
  it('is the same in both directions, for every byte that says something', () => {
    for (let byte = 0; byte <= 0xff; byte += 1) {
      const read = decodeFlowControl(Uint8Array.of(0x30, 8, byte));
      const reserved = (byte > 0x7f && byte < 0xf1) || byte > 0xf9;
      const written = read.ok ? encodeFlowControl(read.value, undefined) : [];
      expect([...written]).toEqual([0x30, 8, reserved ? 0x7f : byte]);
    }
    expect(() => encodeFlowControl({ status: 'wait', blockSize: 256, separationUs: 0 }, 0)).toThrow(
      RangeError,
    );
    expect(() => encodeFlowControl({ status: 'wait', blockSize: 0, separationUs: 50 }, 0)).toThrow(
      RangeError,
    );
  });
});
