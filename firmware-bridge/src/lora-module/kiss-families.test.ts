import { asciiBytes, concatBytes, fromHex, toHex } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kissCodec, type TncFrame } from '../adapters/kiss/codec.ts';
import { kissParts, redecode as redecodeKiss } from '../adapters/kiss/index.ts';
import kissVectors from '../adapters/kiss/vectors/frames.json' with { type: 'json' };
import { RNODE, rnodeCodec } from '../adapters/rnode/codec.ts';
import { redecode as redecodeRnode, rnodeParts } from '../adapters/rnode/index.ts';
import { SIMULATOR_PLATFORM } from '../adapters/rnode/session.ts';
import rnodeVectors from '../adapters/rnode/vectors/frames.json' with { type: 'json' };
import { createRig, type FarEnd } from '../testing/rig.ts';
import type { Wire } from '../wire.ts';
import type { KissFrame } from './kiss-wire.ts';
import { downlink } from './testing.ts';

const NOTHING = new Uint8Array(0);
const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? NOTHING;
const OPTIONS = { frequencyHz: 868_100_000, powerDbm: 12, antennaGainDbi: 2, region: 'EU868' };
const phy = bytesOf('c0db112233');

const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, part: unknown) => (part instanceof Uint8Array ? toHex(part) : part)));

const itemsOf = (wire: Wire<unknown>, chunks: readonly Uint8Array[]) => {
  let tail: Uint8Array = NOTHING;
  return chunks.flatMap((chunk) => {
    const cut = wire.cut(tail, chunk);
    ({ tail } = cut);
    expect(tail.length).toBeLessThanOrEqual(wire.tailMaxBytes);
    return cut.frames.flatMap((frame) => wire.decode(frame));
  });
};

interface Dialect {
  readonly name: string;
  readonly wire: Wire<unknown>;
  readonly vectors: {
    readonly frames: readonly { readonly hex: string; readonly event: object }[];
    readonly refused: readonly string[];
  };
  redecode(raw: Uint8Array): readonly object[];
}

const DIALECTS: readonly Dialect[] = [
  { name: 'a TNC', wire: kissCodec.event as Wire<unknown>, vectors: kissVectors, redecode: redecodeKiss },
  {
    name: 'an RNode',
    wire: rnodeCodec.event as Wire<unknown>,
    vectors: rnodeVectors,
    redecode: redecodeRnode,
  },
];

describe.each(DIALECTS)('the frames of $name', ({ wire, vectors, redecode }) => {
  it.each(vectors.frames)('$hex says what it says, and is written so', ({ hex, event }) => {
    const [item, ...others] = itemsOf(wire, [bytesOf(hex)]);
    if (item?.result.ok !== true) throw new Error('refused');
    expect(others).toEqual([]);
    expect(plain(item.result.value)).toEqual(event);
    expect(toHex(wire.encode(item.result.value))).toBe(hex);
  });

  it.each(vectors.refused)('%s is refused', (hex) => {
    expect(itemsOf(wire, [bytesOf(hex)]).map(({ result }) => result.ok)).toEqual([false]);
  });

  it('are the same however they are cut, and come back as they were written', () => {
    const all = concatBytes(...vectors.frames.map(({ hex }) => bytesOf(hex)));
    const whole = itemsOf(wire, [all]);
    expect(whole).toHaveLength(vectors.frames.length);
    expect(
      itemsOf(
        wire,
        [...all].map((byte) => Uint8Array.of(byte)),
      ),
    ).toEqual(whole);
    const special = fc.oneof(fc.nat(255), fc.constantFrom(0xc0, 0xdb, 0xdc, 0xdd));
    const data = fc.array(special, { minLength: 1, maxLength: 255 }).map((some) => Uint8Array.from(some));
    fc.assert(
      fc.property(data, (bytes) => {
        const value =
          'port' in (whole[0]?.result.ok === true ? (whole[0].result.value as object) : {})
            ? { kind: 'data', port: 3, data: bytes }
            : { command: RNODE.data, data: bytes };
        const [item] = itemsOf(wire, [wire.encode(value)]);
        expect(item?.result).toEqual({ ok: true, value });
      }),
      { numRuns: 50 },
    );
  });

  it('of any bytes neither throw nor grow', () => {
    const special = fc.oneof(fc.nat(255), fc.constantFrom(0xc0, 0xdb, 0, 0x23));
    fc.assert(
      fc.property(fc.array(special, { maxLength: 3_000 }), (some) => {
        const bytes = Uint8Array.from(some);
        itemsOf(wire, [bytes]);
        redecode(bytes);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a TNC', () => {
  const start = async (options: object) => {
    const checked = await kissParts.check(options);
    if (!checked.ok) throw new Error(checked.fault.words);
    return createRig(kissCodec, kissParts.session(checked.value), () => []);
  };
  const data = (port = 0): TncFrame => ({ kind: 'data', port, data: phy });

  it('is listened to as it is, for ever', async () => {
    const rig = await start({});
    rig.receive(kissCodec.event.encode(data(2)));
    rig.run(86_400_000);
    expect(rig.sent).toEqual([]);
    expect(rig.reopen).toBeUndefined();
    expect(rig.said.map(({ body }) => body)).toMatchObject([
      { phy, channel: 2, frequencyHz: undefined, rssiDeciDbm: undefined },
    ]);
    for (const { body, raw } of rig.said)
      expect(redecodeKiss(raw).map((again) => ({ ...again }))).toMatchObject([{ ...body }]);
  });

  it('sends where its owner said on which channel and in which region, and only there', async () => {
    const rig = await start(OPTIONS);
    rig.order(downlink('a', phy));
    rig.run(5_000);
    expect(rig.sent).toEqual([kissCodec.command.encode(data())]);
    expect(rig.outcomes).toMatchObject([{ kind: 'done' }]);
    const blind = await start({});
    blind.order(downlink('b', phy));
    expect(blind.outcomes).toMatchObject([{ kind: 'refused', code: 'not-tuned' }]);
    expect((await start({ frequencyHz: 868_100_000 })).sent).toEqual([]);
  });

  it('of the simulator says so by its hardware frame', async () => {
    const rig = await start({});
    rig.receive(
      kissCodec.event.encode({ kind: 'hardware', port: 0, data: asciiBytes('TNC:Outpost simulator') }),
    );
    rig.receive(kissCodec.event.encode(data()));
    expect(rig.said.map(({ origin }) => origin)).toEqual(['simulated']);
  });
});

describe('an RNode', () => {
  const board =
    (changed: (frame: KissFrame) => KissFrame | undefined = (frame) => frame): FarEnd =>
    (bytes) =>
      rnodeCodec.command.cut(NOTHING, bytes).frames.flatMap((frame) =>
        rnodeCodec.command.decode(frame).flatMap(({ result }) => {
          if (!result.ok || result.value.command === RNODE.data) return [];
          const { command } = result.value;
          const said: KissFrame =
            command === RNODE.detect
              ? { command, data: Uint8Array.of(0x46) }
              : command === RNODE.platform
                ? { command, data: Uint8Array.of(SIMULATOR_PLATFORM) }
                : command === RNODE.firmware
                  ? { command, data: Uint8Array.of(1, 73) }
                  : result.value;
          const answer = changed(said);
          return answer === undefined ? [] : [{ afterMs: 5, bytes: rnodeCodec.event.encode(answer) }];
        }),
      );
  const start = async (farEnd: FarEnd = board()) => {
    const checked = await rnodeParts.check(OPTIONS);
    if (!checked.ok) throw new Error(checked.fault.words);
    const rig = createRig(rnodeCodec, rnodeParts.session(checked.value), farEnd);
    rig.run(20_000);
    return rig;
  };
  const say = (command: number, ...data: readonly number[]): Uint8Array =>
    rnodeCodec.event.encode({ command, data: Uint8Array.from(data) });

  it('is found, set, and tells strength and ratio before each frame', async () => {
    const rig = await start();
    expect(rig.statuses.at(-1)?.phase).toBe('listening');
    rig.receive(concatBytes(say(RNODE.rssi, 57), say(RNODE.snr, 0xf1), say(RNODE.data, ...phy)));
    expect(rig.said.map(({ body }) => body)).toMatchObject([
      { kind: 'identity', text: 'RNode 1.73' },
      { phy, rssiDeciDbm: -1_000, snrDeciDb: -37, frequencyHz: 868_100_000 },
    ]);
    for (const { body, raw, origin } of rig.said) {
      expect(redecodeRnode(raw)).toEqual([body]);
      expect(origin).toBe('simulated');
    }
    expect(rig.undecided).toBe(0);
  });

  it('whose strength came without a frame gives it to no other', async () => {
    const rig = await start();
    rig.receive(concatBytes(say(RNODE.rssi, 57), say(RNODE.rssi, 77), say(RNODE.data, ...phy)));
    rig.receive(say(RNODE.rssi, 57));
    rig.run(1_000);
    rig.receive(say(RNODE.data, ...phy));
    expect(rig.said.slice(1).map(({ body }) => body)).toMatchObject([
      { rssiDeciDbm: -800 },
      { rssiDeciDbm: undefined },
    ]);
    expect(rig.fates.filter(({ kind }) => kind === 'quarantined')).toHaveLength(2);
  });

  it('that takes another frequency than it was told is given up with a reason', async () => {
    const rig = await start(
      board((frame) =>
        frame.command === RNODE.frequency ? { ...frame, data: Uint8Array.of(0, 0, 0, 0) } : frame,
      ),
    );
    expect(rig.reopen?.code).toBe('rnode.set-up-refused');
  });

  it('that restarts is set again, and one that is silent is given up', async () => {
    const rig = await start();
    rig.receive(say(RNODE.reset, 0xf8));
    rig.run(5_000);
    expect(rig.happenings).toMatchObject([{ what: 'module-restarted' }]);
    expect(rig.statuses.at(-1)?.phase).toBe('listening');
    expect((await start(board(() => undefined))).reopen?.code).toBe('rnode.silent');
  });

  it('sends, and counts its own byte into the time on air', async () => {
    const rig = await start();
    rig.order(downlink('a', phy));
    rig.run(5_000);
    expect(rig.outcomes).toMatchObject([{ kind: 'done' }]);
    expect(rig.statuses.at(-1)?.keep).toBe('duty: M=36096');
    rig.order(downlink('b', new Uint8Array(255)));
    expect(rig.outcomes.at(-1)).toMatchObject({ kind: 'refused', code: 'length' });
  });
});
