import { encodeParameterGroup } from '@outpost/schemas/vehicle';
import { asciiBytes, fromHex, monoAfterMs, monoNs, toHex } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { j1939Bodies, redecodeJ1939 } from './j1939-bodies.ts';
import { j1939Id, j1939Unit, readJ1939Id } from './j1939-id.ts';
import {
  type J1939Frame,
  NO_TRANSPORT,
  type Received,
  receiveJ1939,
  segmentJ1939,
} from './j1939-transport.ts';

const START = monoNs(5_000_000_000n);
const bytesOf = (hex: string): Uint8Array => fromHex(hex.replaceAll(' ', '')) ?? new Uint8Array(0);
const frame = (id: number, hex: string): J1939Frame => ({
  id,
  bytes: bytesOf(hex),
  carrier: { raw: asciiBytes(`${id.toString(16)} ${hex}`), fault: undefined },
});

describe('an identifier of J1939', () => {
  it.each([
    ['EEC1 of the engine', 0x0cf0_0400, { priority: 3, pgn: 61_444, source: 0, destination: undefined }],
    [
      'a request to everybody',
      0x18ea_fff9,
      { priority: 6, pgn: 59_904, source: 0xf9, destination: undefined },
    ],
    ['a request to the engine', 0x18ea_00f9, { priority: 6, pgn: 59_904, source: 0xf9, destination: 0 }],
    ['DM1 of the brakes', 0x18fe_ca0b, { priority: 6, pgn: 65_226, source: 0x0b, destination: undefined }],
    [
      'the other data page',
      0x19fe_ca0b,
      { priority: 6, pgn: 65_536 + 65_226, source: 0x0b, destination: undefined },
    ],
  ])('%s', (_, id, parts) => {
    expect(readJ1939Id(id)).toEqual(parts);
    expect(j1939Id(parts)).toBe(id);
  });

  it('comes back from its parts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x1fff_ffff }), (id) => {
        expect(j1939Id(readJ1939Id(id))).toBe(id);
      }),
    );
  });
});

const DM1_HEX = '40FF6E000301BE000802'.padEnd(20, '0');

/** Two active codes in ten bytes, announced and sent in two packets. */
const dm1Frames = (source: number): readonly J1939Frame[] => [
  frame(0x1cec_ff00 + source, '20 0A 00 02 FF CA FE 00'),
  frame(0x1ceb_ff00 + source, '01 40 FF 6E 00 03 01 BE'),
  frame(0x1ceb_ff00 + source, '02 00 08 02 FF FF FF FF'),
];

const play = (frames: readonly J1939Frame[], everyMs = 50): readonly Received[] => {
  let transport = NO_TRANSPORT;
  return frames.map((one, index) => {
    const received = receiveJ1939(transport, one, monoAfterMs(START, index * everyMs));
    transport = received.transport;
    return received;
  });
};

const messagesOf = (received: readonly Received[]): readonly string[] =>
  received.flatMap(({ message }) =>
    message === undefined ? [] : [`${message.source} ${message.pgn} ${toHex(message.bytes)}`],
  );
const faultsOf = (received: readonly Received[]): readonly string[] =>
  received.flatMap(({ broken }) =>
    broken === undefined ? [] : [`${broken.fault.code} ${broken.carriers.length}`],
  );

describe('messages in several packets', () => {
  it('are put together, also where those of several control units are interleaved', () => {
    const [a, b] = [dm1Frames(0), dm1Frames(0x0b)];
    const mixed = a.flatMap((one, index) => [one, ...b.slice(index, index + 1)]);
    const received = play(mixed, 20);
    const whole = DM1_HEX.toLowerCase();
    expect(messagesOf(received)).toEqual([`0 65226 ${whole}`, `11 65226 ${whole}`]);
    expect(faultsOf(received)).toEqual([]);
    expect(received.at(-1)?.transport.size).toBe(0);
    expect(received.at(-1)?.message?.carriers.length).toBe(3);
  });

  it.each([
    ['a lost packet', [0, 2], ['j1939.sequence 2']],
    ['a packet twice', [0, 1, 1], ['j1939.sequence 3']],
    ['no announcement', [1, 2], ['j1939.no-announcement 1', 'j1939.no-announcement 1']],
    ['an announcement too soon', [0, 1, 0, 1, 2], ['j1939.unfinished 2']],
  ] as const)('are refused with %s', (_, order, faults) => {
    const frames = dm1Frames(0);
    const received = play(order.flatMap((index) => frames[index] ?? []));
    expect(faultsOf(received)).toEqual(faults);
    expect(messagesOf(received).length).toBe(faults[0] === 'j1939.unfinished 2' ? 1 : 0);
  });

  it('are refused where a packet comes too late', () => {
    expect(faultsOf(play(dm1Frames(0), 750))).toEqual([]);
    expect(faultsOf(play(dm1Frames(0), 751))).toEqual(['j1939.late 2', 'j1939.no-announcement 1']);
  });

  it.each(['20 08 00 02 FF CA FE 00', '20 0A 00 03 FF CA FE 00', '20 FA 06 FF FF CA FE 00', '20 0A 00 02'])(
    'are not begun by %s',
    (hex) => {
      const received = play([frame(0x1cec_ff00, hex)]);
      expect(faultsOf(received)).toEqual(['j1939.announcement 1']);
      expect(received[0]?.transport.size).toBe(0);
    },
  );

  it('are none of ours where they ask one receiver to answer', () => {
    const received = play([
      frame(0x1cec_f900, '10 0A 00 02 FF CA FE 00'),
      frame(0x1cec_ff00, '11 02 01 FF FF CA FE 00'),
    ]);
    expect([messagesOf(received), faultsOf(received)]).toEqual([[], []]);
  });

  it('come apart into frames that give them back, of any length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 1_785 }), (bytes) => {
        const frames = segmentJ1939(65_260, bytes).map((one) => ({
          id: j1939Id({ priority: 6, pgn: one.pgn, source: 3, destination: undefined }),
          bytes: one.bytes,
          carrier: { raw: bytes, fault: undefined },
        }));
        expect(messagesOf(play(frames, 1))).toEqual([`3 65260 ${toHex(bytes)}`]);
      }),
      { numRuns: 50 },
    );
    expect(() => segmentJ1939(65_260, new Uint8Array(1_786))).toThrow(RangeError);
  });
});

describe('what a message says', () => {
  const engine = j1939Unit(0);

  it('is in the words of the signal table, by the control unit that sent it', () => {
    expect(engine).toBe(0x18ee_ff00);
    const bytes = encodeParameterGroup(61_444, [{ signal: 2, mantissa: 172_600 }]);
    expect(j1939Bodies({ pgn: 61_444, source: 0, bytes })).toEqual({
      ok: true,
      value: [{ kind: 'number', signal: 2, mantissa: 172_600, ecu: engine }],
    });
    expect(j1939Bodies({ pgn: 61_444, source: 0, bytes: new Uint8Array(8).fill(0xff) })).toEqual({
      ok: true,
      value: [],
    });
    expect(j1939Bodies({ pgn: 1, source: 0, bytes })).toEqual({ ok: true, value: [] });
  });

  it('is active codes and the lamp, and the identification number', () => {
    expect(redecodeJ1939(dm1Frames(0))).toEqual([
      { kind: 'codes', status: 'stored', codes: ['SPN110-FMI3', 'SPN190-FMI8'], ecu: engine },
      { kind: 'number', signal: 24, mantissa: 1, ecu: engine },
    ]);
    const vin = segmentJ1939(65_260, asciiBytes('1D4GP00R55B123456*')).map(({ pgn, bytes }) => ({
      id: j1939Id({ priority: 6, pgn, source: 0, destination: undefined }),
      bytes,
    }));
    expect(redecodeJ1939(vin)).toEqual([
      { kind: 'identity', of: 'vin', text: '1D4GP00R55B123456', ecu: engine },
    ]);
  });

  it('is nothing where the frames are not exactly one message', () => {
    const frames = dm1Frames(0);
    expect(redecodeJ1939([])).toEqual([]);
    expect(redecodeJ1939(frames.slice(0, 2))).toEqual([]);
    expect(redecodeJ1939(frames.slice(1))).toEqual([]);
    expect(redecodeJ1939([...frames, ...frames.slice(2)])).toEqual([]);
    expect(redecodeJ1939([frame(0x18fe_ca00, '40 FF 6E 00 03 81 FF FF')])).toEqual([]);
  });
});
