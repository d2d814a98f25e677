import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import type { Item, Wire } from '../../wire.ts';
import { cutMessages, FRAME_MAX_BYTES, SYSEX, SYSEX_END } from './cut.ts';
import type { HostMessage, SimpleQuery } from './message.ts';
import { fourteen, fromPairs, fromSevens, toPairs } from './seven-bit.ts';

const IDS = {
  'query-analog-mapping': 0x69,
  'query-capabilities': 0x6b,
  'query-pin-state': 0x6d,
  extendedAnalog: 0x6f,
  servo: 0x70,
  i2c: 0x76,
  'i2c-config': 0x78,
  'query-firmware': 0x79,
  sampling: 0x7a,
} as const;

const QUERIES: readonly SimpleQuery[] = ['query-firmware', 'query-capabilities', 'query-analog-mapping'];

/** Bits 3 and 4 of the second byte of an I²C request (`i2c.md`): 0 writes, 1 reads once. */
const READ_ONCE = 0x08;

const wrong = (words: string): Result<never> => fail(fault('malformed', 'firmata.command', 'host', words));

const i2cOf = (body: Uint8Array): Result<HostMessage> => {
  const [address, mode] = body;
  const bytes = fromPairs(body.subarray(2));
  if (address === undefined || bytes === undefined) return wrong('an I²C request that breaks off.');
  if (mode === 0) return ok({ kind: 'i2c-write', address, bytes });
  const [first, second] = bytes;
  if (mode !== READ_ONCE || first === undefined || bytes.length > 2) {
    return wrong('an I²C request of another kind.');
  }
  return second === undefined
    ? ok({ kind: 'i2c-read', address, register: undefined, count: first })
    : ok({ kind: 'i2c-read', address, register: first, count: second });
};

const sysexOf = (id: number, body: Uint8Array): Result<HostMessage> => {
  const query = QUERIES.find((each) => IDS[each] === id);
  if (query !== undefined) return body.length === 0 ? ok({ kind: query }) : wrong('a query with a body.');
  const [pin = 0] = body;
  switch (id) {
    case IDS['query-pin-state']:
      return body.length === 1 ? ok({ kind: 'query-pin-state', pin }) : wrong('a query without a pin.');
    case IDS.extendedAnalog:
      return body.length === 3
        ? ok({ kind: 'write-analog', pin, value: fromSevens(body.subarray(1)) })
        : wrong('an analog value of another size.');
    case IDS.servo:
      return body.length === 5
        ? ok({
            kind: 'servo',
            pin,
            minUs: fromSevens(body.subarray(1, 3)),
            maxUs: fromSevens(body.subarray(3)),
          })
        : wrong('a servo that breaks off.');
    case IDS['i2c-config']:
      return body.length === 2
        ? ok({ kind: 'i2c-config', delayUs: fromSevens(body) })
        : wrong('a setting of I²C of another size.');
    case IDS.sampling:
      return body.length === 2
        ? ok({ kind: 'sampling', everyMs: fromSevens(body) })
        : wrong('an interval of another size.');
    case IDS.i2c:
      return i2cOf(body);
    default:
      return wrong(`a message of the unknown kind ${id}.`);
  }
};

const read = (frame: Uint8Array): Result<HostMessage> => {
  const [status = 0, first = 0, second = 0] = frame;
  if (status === SYSEX) {
    return frame.length < 3 ? wrong('a message without a kind.') : sysexOf(first, frame.slice(2, -1));
  }
  if (status === 0xff) return ok({ kind: 'reset' });
  if (status === 0xf9) return ok({ kind: 'query-version' });
  if (status === 0xf4) return ok({ kind: 'pin-mode', pin: first, mode: second });
  const [number, value] = [status & 0x0f, first | (second << 7)];
  switch (status & 0xf0) {
    case 0x90:
      return ok({ kind: 'write-digital', port: number, bits: value & 0xff });
    case 0xc0:
      return ok({ kind: 'report-analog', channel: number, on: first !== 0 });
    case 0xd0:
      return ok({ kind: 'report-digital', port: number, on: first !== 0 });
    default:
      return ok({ kind: 'write-analog', pin: number, value });
  }
};

const sysex = (id: number, ...body: readonly number[]): readonly number[] => [SYSEX, id, ...body, SYSEX_END];

const write = (message: HostMessage): readonly number[] => {
  switch (message.kind) {
    case 'query-version':
      return [0xf9];
    case 'reset':
      return [0xff];
    case 'query-firmware':
    case 'query-capabilities':
    case 'query-analog-mapping':
      return sysex(IDS[message.kind]);
    case 'query-pin-state':
      return sysex(IDS[message.kind], message.pin);
    case 'pin-mode':
      return [0xf4, message.pin, message.mode];
    case 'write-digital':
      return [0x90 | message.port, ...fourteen(message.bits)];
    case 'write-analog':
      return message.pin < 16
        ? [0xe0 | message.pin, ...fourteen(message.value)]
        : sysex(IDS.extendedAnalog, message.pin, ...fourteen(message.value));
    case 'report-analog':
      return [0xc0 | message.channel, Number(message.on)];
    case 'report-digital':
      return [0xd0 | message.port, Number(message.on)];
    case 'sampling':
      return sysex(IDS.sampling, ...fourteen(message.everyMs));
    case 'servo':
      return sysex(IDS.servo, message.pin, ...fourteen(message.minUs), ...fourteen(message.maxUs));
    case 'i2c-config':
      return sysex(IDS['i2c-config'], ...fourteen(message.delayUs));
    case 'i2c-write':
      return sysex(IDS.i2c, message.address, 0, ...toPairs(message.bytes));
    case 'i2c-read': {
      const { address, register, count } = message;
      return sysex(
        IDS.i2c,
        address,
        READ_ONCE,
        ...toPairs(register === undefined ? [count] : [register, count]),
      );
    }
  }
};

const LENGTHS: ReadonlyMap<number, number> = new Map([
  [0xf4, 3],
  [0xf9, 1],
  [0xff, 1],
]);

const lengthOf = (status: number): number => {
  const kind = status & 0xf0;
  if (kind === 0xe0 || kind === 0x90) return 3;
  if (kind === 0xc0 || kind === 0xd0) return 2;
  return LENGTHS.get(status) ?? 0;
};

/** What a board is told (Firmata protocol 2.7: `protocol.md`, `i2c.md`, `servos.md`). */
export const commandWire: Wire<HostMessage> = {
  tailMaxBytes: FRAME_MAX_BYTES,
  cut: cutMessages(lengthOf),
  decode: (frame): readonly Item<HostMessage>[] => [{ raw: frame, result: read(frame) }],
  encode: (message) => Uint8Array.from(write(message)),
};
