import { encodeSigned, encodeUp, PACKET_UP, ROUTE_PATH } from '@outpost/gateway/helium';
import { describe, expect, it } from 'vitest';
import { until } from './raw-client.ts';
import { openBench, type Packet, packetOf, registerOf, uplinkPhy } from './testing.ts';

describe('the router over time', () => {
  it('takes 25 packets of a gateway in a second and each payload once, and forgets both in the next', async () => {
    await using bench = await openBench();
    await bench.begin();
    const send = (change: Partial<Packet>): Promise<string> =>
      bench.judged(
        'packet',
        encodeSigned(PACKET_UP, packetOf(bench.gateway.key, change), bench.session.sign),
      );
    const one = uplinkPhy();
    expect(await send({ payload: one })).toBe('taken');
    expect(await send({ payload: one })).toBe('packet_limit_exceeded');
    for (let sent = 2; sent < 25; sent += 1) expect(await send({})).toBe('taken');
    expect(await send({})).toBe('gateway_limit_exceeded');
    await bench.clock.advance(1_000);
    expect(await send({ payload: one })).toBe('taken');
  });

  it('ends a stream after 35 minutes, with an empty message and in peace', async () => {
    await using bench = await openBench();
    await bench.begin();
    await bench.clock.advance(34 * 60_000);
    expect(bench.stream.isOver).toBe(false);
    await bench.clock.advance(60_001);
    await until('it is over', () => bench.stream.isOver);
    await until('it says why', () => bench.stream.status !== undefined);
    expect(bench.stream.status).toBe('0');
    expect(bench.stream.downs.at(-1)).toEqual({ kind: 'nothing' });
  });

  it('gives a gateway to the stream that registers it last, and ends the other', async () => {
    await using bench = await openBench();
    await bench.begin();
    const second = bench.client.open(ROUTE_PATH);
    second.say(encodeUp('register', registerOf(bench.gateway)));
    await until('the first is over', () => bench.stream.isOver);
    bench.served.router.downlink(bench.gateway.key, {
      payload: Uint8Array.of(1),
      rx1: undefined,
      rx2: undefined,
    });
    await until('the downlink comes', () => second.downs.some(({ kind }) => kind === 'packet'));
  });

  it('acknowledges the last payload at the interval that was asked for, and then nothing', async () => {
    await using bench = await openBench();
    await bench.judged(
      'register',
      registerOf(bench.gateway, { packetAckInterval: 5, sessionCapable: false }),
    );
    const packet = packetOf(bench.gateway.key);
    await bench.judged('packet', encodeSigned(PACKET_UP, packet, bench.gateway.sign));
    await bench.clock.advance(10_000);
    await until('two came', () => bench.stream.downs.length === 2);
    const lengths = bench.stream.downs.map((down) => (down.kind === 'ack' ? down.payloadHash.length : -1));
    expect(lengths).toEqual([32, 0]);
  });

  it('knows no other method', async () => {
    await using bench = await openBench();
    const stream = bench.client.open('/helium.packet_router.packet/other');
    await until('it is over', () => stream.status !== undefined);
    expect(stream.status).toBe('12');
  });
});
