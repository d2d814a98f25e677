import { readReceipt, strictVerifier } from '@outpost/schemas/evidence';
import { describe, expect, it } from 'vitest';
import { openPlayground, send } from './pair.ts';
import { must } from './rig.ts';

const NEVER = new AbortController().signal;

describe('the network outpost, over a real socket', () => {
  it('settles batches with receipts by the pinned key that name the highest head', async () => {
    await using play = await openPlayground();
    const box = await play.box('box');
    const sender = play.sender(box);
    const items = [await box.batch(), await box.batch({ readings: 256 }), await box.batch({ readings: 1 })];
    const outcomes = await sender.network.deliver(items, NEVER);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['settled', 'settled', 'settled']);
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.kind !== 'settled' || outcome.receipt === undefined) throw new Error('not settled');
      const { content, signed, bytes } = outcome.receipt;
      expect(content.networkKey).toEqual(play.served.publicKey);
      expect(content.attestation).toEqual(items[index]?.hash);
      expect(content.highest).toEqual(box.heads[index]);
      expect(content.refused).toEqual([]);
      expect(strictVerifier()(signed.key, signed.message, signed.signature)).toBe(true);
      expect(must(readReceipt(bytes)).content).toEqual(content);
    }
    expect(play.served.status()).toMatchObject({
      requests: 1,
      settled: 3,
      readings: 261,
      keyRecords: 1,
      refused: {},
    });
    expect(sender.alarms).toEqual([]);
  });

  it('says the same again when an answer was lost, and settles nothing twice', async () => {
    await using play = await openPlayground({}, [{ what: 'cut', request: 1 }]);
    const box = await play.box('box');
    const sender = play.sender(box);
    const items = [await box.batch(), await box.batch()];
    expect(await send(sender, items)).toEqual(['kept outpost.unreachable', 'kept outpost.unreachable']);
    const [first] = await sender.network.deliver(items, NEVER);
    const [again] = await sender.network.deliver(items, NEVER);
    expect(first?.kind).toBe('settled');
    expect(again).toEqual(first);
    expect(play.served.status()).toMatchObject({ settled: 2, repeated: 4, attestations: 2 });
  });

  it('remembers everything over a restart: answers, chains and keys', async () => {
    await using play = await openPlayground();
    const box = await play.box('box');
    const sender = play.sender(box);
    const items = [await box.batch(), await box.batch()];
    const before = await sender.network.deliver(items, NEVER);
    const key = play.served.publicKey;
    await play.restart();
    expect(play.served.publicKey).toEqual(key);
    expect(await sender.network.deliver(items, NEVER)).toEqual(before);
    expect(await send(sender, [await box.batch()])).toEqual(['settled']);
    expect(play.served.status()).toMatchObject({ settled: 1, repeated: 2, attestations: 3, keyRecords: 1 });
  });

  it('is sent key records once, and all of them again when it asks', async () => {
    await using play = await openPlayground();
    const box = await play.box('box');
    const sender = play.sender(box);
    expect(await send(sender, [await box.batch()])).toEqual(['settled']);
    await play.restart({ stateDirectory: `${play.directory}/another` });
    const other = play.sender(box);
    const item = await box.batch();
    // The first sender still believes that its records are known there, and pins the key of the old network.
    expect(await send(sender, [item])).toEqual(['kept outpost.receipt-key']);
    expect(play.served.status()).toMatchObject({ requests: 2, keyRecords: 1, again: 1 });
    expect(await send(other, [item])).toEqual(['settled']);
  });

  it('follows a box through restarts, rotations of both keys and an import', async () => {
    await using play = await openPlayground();
    const box = await play.box('box');
    const sender = play.sender(box);
    const one = await box.batch();
    box.restart();
    const two = await box.batch();
    await box.clock.advance(1_000);
    must(await box.ring.rotate('device-car'));
    box.restart();
    const three = await box.batch();
    await box.clock.advance(1_000);
    must(await box.ring.rotate('gateway'));
    box.restart('imported');
    const four = await box.batch();
    expect(await send(sender, [one, two, three, four])).toEqual(['settled', 'settled', 'settled', 'settled']);
    expect(play.served.status()).toMatchObject({ keyRecords: 5 });
    expect(sender.alarms).toEqual([]);
  });

  it('takes a header without leaves into its chain, and its leaves later', async () => {
    await using play = await openPlayground();
    const box = await play.box('box');
    const sender = play.sender(box);
    const [one, two] = [await box.batch({ readings: 7 }), await box.batch()];
    const [header, next] = await sender.network.deliver([{ ...one, leaves: [] }, two], NEVER);
    if (header?.kind !== 'settled' || header.receipt === undefined) throw new Error('not settled');
    expect(header.receipt.content.refused).toMatchObject([{ first: 0, count: 7, code: 'no-leaves' }]);
    expect(next?.kind).toBe('settled');
    const [whole] = await sender.network.deliver([one], NEVER);
    expect(whole?.kind === 'settled' && whole.receipt?.content.refused).toEqual([]);
    expect(play.served.status()).toMatchObject({ settled: 2, attestations: 2 });
  });

  it('takes simulated readings and demo keys where it says so', async () => {
    await using play = await openPlayground({ acceptSimulated: true });
    const box = await play.box('box', 'demo');
    const sender = play.sender(box);
    expect(await send(sender, [await box.batch({ origin: 'simulated' }), await box.batch()])).toEqual([
      'settled',
      'settled',
    ]);
  });

  it('serves several boxes at once without mixing their chains', async () => {
    await using play = await openPlayground();
    const boxes = await Promise.all(['a', 'b', 'c'].map((name) => play.box(name)));
    const endings = await Promise.all(
      boxes.map(async (box) => {
        const sender = play.sender(box);
        const said: string[] = [];
        for (let round = 0; round < 5; round += 1) said.push(...(await send(sender, [await box.batch()])));
        return said;
      }),
    );
    expect(endings.flat()).toEqual(Array.from({ length: 15 }, () => 'settled'));
    expect(play.served.status().streams).toHaveLength(3);
  });
});
