import { concatBytes, toHex } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UNDER_WAY_MAX_BYTES } from './limits.ts';
import { newPublishCutter } from './publish-cutter.ts';
import { publishPacket, subscribePacket } from './testing/client.ts';
import { newTestBroker } from './testing/test-broker.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const PINGREQ = Uint8Array.of(0xc0, 0);

/** A packet, and what the cutter takes it for. */
const anyPacket = fc.oneof(
  fc.tuple(fc.nat({ max: 300 }), fc.nat({ max: 65_535 })).map(([length, id]) => ({
    packet: publishPacket(`t/${length}`, new Uint8Array(length).fill(7), { id }),
    taken: `${id === 0 ? 0 : 1} ${id} t/${length} ${length}`,
  })),
  fc.constantFrom(PINGREQ, subscribePacket(3, 'a/#')).map((packet) => ({ packet, taken: undefined })),
);

describe('the cutter of messages', () => {
  it('takes the same messages of any cut of the bytes, and leaves the rest whole and in order', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(anyPacket, { maxLength: 12 }), cuts, (packets, sizes) => {
        const stream = concatBytes(...packets.map(({ packet }) => packet));
        const taken: string[] = [];
        const left: Uint8Array[] = [];
        const cut = newPublishCutter(({ qos, id, topicField, payload }) => {
          const topic = new TextDecoder().decode(topicField.subarray(2));
          taken.push(`${qos} ${id} ${topic} ${payload.length}`);
          return 'taken';
        });
        for (let at = 0, turn = 0; at < stream.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          left.push(cut(stream.subarray(at, at + size)) ?? new Uint8Array());
          at += size;
        }
        // Behind something for the engine in one read, messages go to the engine too.
        const seen = concatBytes(...left);
        const expected = packets
          .filter(({ taken: as }) => as === undefined)
          .map(({ packet }) => toHex(packet));
        for (const packet of expected) expect(toHex(seen)).toContain(packet);
        const total = taken.reduce((sum, each) => {
          const found = packets.find(({ taken: as }) => as === each);
          return sum + (found?.packet.length ?? 0);
        }, seen.length);
        expect(total).toBe(stream.length);
      }),
    );
  });

  it('leaves to the engine what is no message with QoS 0 or 1', () => {
    const cut = newPublishCutter(() => 'taken');
    for (const [what, packet] of [
      ['QoS 2', publishPacket('t', bytes('x'), { id: 1, qos: 2 })],
      ['QoS 3', publishPacket('t', bytes('x'), { id: 1, qos: 3 })],
      ['no identifier', publishPacket('t', bytes('x'), { id: 0, qos: 1 })],
      ['a topic beyond its end', Uint8Array.of(0x30, 3, 0, 9, 0x61)],
      ['too short for a topic', Uint8Array.of(0x30, 1, 0)],
    ] as const) {
      expect(cut(packet), what).toEqual(packet);
    }
  });
});

describe('a sender of more than is acknowledged', () => {
  it('is not read on before less is under way, and then to the last message', async () => {
    await using box = await newTestBroker();
    const password = await box.enrol('car');
    const reader = await box.read('car');
    await using client = await box.connect('car', password);
    const payload = new Uint8Array(8_192);
    const count = (6 * UNDER_WAY_MAX_BYTES) / payload.length;
    for (let id = 1; id <= count; id += 1) client.send(publishPacket('devices/car/a', payload, { id }));
    await box.until('it stops', () => reader.arrivals.length * payload.length >= UNDER_WAY_MAX_BYTES);
    // A read more may come with what fills it.
    expect(reader.arrivals.length * payload.length).toBeLessThan(UNDER_WAY_MAX_BYTES + 3 * 65_536);
    let kept = 0;
    await box.until('all arrived', () => {
      for (; kept < reader.arrivals.length; kept += 1) reader.arrivals[kept]?.settle?.('kept');
      return kept === count;
    });
    for (let id = 1; id <= count; id += 1) {
      const { body } = (await client.next()) ?? {};
      expect(((body?.[0] ?? 0) << 8) | (body?.[1] ?? 0)).toBe(id);
    }
  });
});
