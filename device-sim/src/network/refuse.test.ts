import { cp, rm } from 'node:fs/promises';
import type { Delivery } from '@outpost/gateway';
import { attestationHash, readAttestation, sealAttestation } from '@outpost/schemas/evidence';
import { monoNs } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { openPlayground, send } from './pair.ts';
import { must } from './rig.ts';

const flipped = (bytes: Uint8Array, at: number): Uint8Array => {
  const copy = bytes.slice();
  copy.set([(copy.at(at) ?? 0) ^ 1], at < 0 ? copy.length + at : at);
  return copy;
};
const withBytes = (item: Delivery, attestation: Uint8Array): Delivery => ({
  ...item,
  attestation,
  hash: attestationHash(attestation),
});

describe('the network refuses, each by its own code', () => {
  it('what does not read, and what nobody signed', async () => {
    await using play = await openPlayground();
    const box = await play.box('box');
    const sender = play.sender(box);
    const item = await box.batch();
    const malformed = withBytes(item, item.attestation.subarray(1));
    const unsigned = withBytes(item, flipped(item.attestation, -1));
    expect(await send(sender, [malformed, unsigned, item])).toEqual([
      'refused malformed',
      'refused bad-signature',
      'settled',
    ]);
    expect(play.served.status()).toMatchObject({
      refused: { malformed: 1, 'bad-signature': 1 },
      attestations: 1,
    });
  });

  it('leaves that are changed, missing, doubled or in another order', async () => {
    await using play = await openPlayground();
    const box = await play.box('box');
    const sender = play.sender(box);
    const item = await box.batch({ readings: 5 });
    const [a, b, c, d, e] = item.leaves as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    const wrong = [
      [a, b, c, d, flipped(e, -3)],
      [a, b, c, d],
      [a, b, c, d, d],
      [b, a, c, d, e],
      [a, b, c, d, e, e],
    ];
    for (const leaves of wrong)
      expect(await send(sender, [{ ...item, leaves }])).toEqual(['refused bad-leaves']);
    expect(await send(sender, [item])).toEqual(['settled']);
  });

  it('a hole in the chain, once, and goes on from there', async () => {
    await using play = await openPlayground();
    const box = await play.box('box');
    const sender = play.sender(box);
    const [first, , third, fourth] = [
      await box.batch(),
      await box.batch(),
      await box.batch(),
      await box.batch(),
    ];
    expect(await send(sender, [first, third, fourth])).toEqual([
      'settled',
      'refused broken-chain',
      'settled',
    ]);
    expect(await send(sender, [third])).toEqual(['refused broken-chain']);
    expect(play.served.status()).toMatchObject({ refused: { 'broken-chain': 1 }, repeated: 1 });
  });

  it.each([
    ['another attestation as the one before', { previous: new Uint8Array(32) }],
    ['readings that were attested already', { firstSequence: 0 }],
    ['readings that are missing', { firstSequence: 99 }],
    ['a time before that of the one before', { firstMono: monoNs(1n), lastMono: monoNs(4n) }],
  ])('a statement that claims %s', async (_what, statement) => {
    await using play = await openPlayground();
    const box = await play.box('box');
    const sender = play.sender(box);
    const items = [await box.batch(), await box.batch({ statement })];
    expect(await send(sender, items)).toEqual(['settled', 'refused broken-chain']);
  });

  it('a fork: two attestations with one epoch and counter', async () => {
    await using play = await openPlayground();
    const box = await play.box('box');
    const sender = play.sender(box);
    const first = await box.batch();
    const { epoch, hash } = box.head()!;
    const rival = await box.batch({ statement: { epoch, counter: 0, previous: null, firstSequence: 0 } });
    expect(await send(sender, [first, rival])).toEqual(['settled', 'refused fork']);
    expect(first.hash).toEqual(hash);
    expect(await send(sender, [rival, first])).toEqual(['refused fork', 'settled']);
  });

  it('a branch: two boxes that go on from one point, and everything after the second', async () => {
    await using play = await openPlayground();
    const box = await play.box('box');
    const clone = await play.box('box');
    const [sender, other] = [play.sender(box), play.sender(clone)];
    expect(await send(sender, [await box.batch()])).toEqual(['settled']);
    const parent = box.head()!;
    box.restart();
    clone.restart('started', parent);
    expect(await send(sender, [await box.batch()])).toEqual(['settled']);
    expect(await send(other, [await clone.batch(), await clone.batch()])).toEqual([
      'refused branch',
      'refused branch',
    ]);
    clone.restart();
    expect(await send(other, [await clone.batch()])).toEqual(['refused branch']);
    expect(sender.alarms).toEqual([]);
    // The genuine box goes on, and learns from its receipt that somebody else has its key.
    expect(await send(sender, [await box.batch()])).toEqual(['settled']);
    expect(sender.alarms).toMatchObject([{ kind: 'untrusted', code: 'outpost.foreign-head' }]);
    expect(sender.alarms[0]?.words).toContain('another box has the key');
  });

  it('no branch that its own epoch explains, and still tells the other box', async () => {
    await using play = await openPlayground();
    const box = await play.box('box');
    const copy = await play.box('box');
    const [sender, other] = [play.sender(box), play.sender(copy)];
    expect(await send(sender, [await box.batch(), await box.batch()])).toEqual(['settled', 'settled']);
    copy.restart('restored', box.heads[0]);
    expect(await send(other, [await copy.batch()])).toEqual(['settled']);
    expect(other.alarms).toEqual([]);
    expect(await send(sender, [await box.batch()])).toEqual(['settled']);
    expect(sender.alarms).toMatchObject([{ code: 'outpost.foreign-head' }]);
  });

  it('simulated and replayed readings and demo keys', async () => {
    await using play = await openPlayground();
    const [real, demo] = [await play.box('real'), await play.box('demo', 'demo')];
    const sender = play.sender(real);
    const items = [
      await real.batch({ origin: 'simulated' }),
      await real.batch({ origin: 'replayed' }),
      await real.batch(),
    ];
    expect(await send(sender, items)).toEqual([
      'refused simulated-not-accepted',
      'refused simulated-not-accepted',
      'settled',
    ]);
    expect(await send(play.sender(demo), [await demo.batch()])).toEqual(['refused simulated-not-accepted']);
  });

  it('a key kind other than the endorsed one, and a device that the key is not of', async () => {
    await using play = await openPlayground();
    const box = await play.box('box');
    const sender = play.sender(box);
    const kind = await box.batch({ statement: { keyKind: 'hardware' } });
    expect(await send(sender, [kind])).toEqual(['refused not-endorsed']);
    const stream = await box.batch({
      statement: { stream: 'van/telemetry', counter: 0, previous: null, firstSequence: 0 },
    });
    expect(await send(sender, [stream])).toEqual(['refused not-endorsed']);
  });

  it('what a revoked key signed after its revocation', async () => {
    await using play = await openPlayground();
    const box = await play.box('box');
    const sender = play.sender(box);
    const item = await box.batch();
    await box.clock.advance(1_000);
    const late = await box.batch();
    expect(await send(sender, [item])).toEqual(['settled']);
    must(await box.ring.revoke('device-car', 'compromised', 'stolen'));
    expect(await send(sender, [late])).toEqual(['refused revoked-key']);
    // What was settled before stays settled.
    expect(await send(sender, [item])).toEqual(['settled']);
  });

  it('what a replaced key signed after its replacement', async () => {
    await using play = await openPlayground();
    const box = await play.box('box');
    const sender = play.sender(box);
    const old = must(await box.ring.device('car' as never)).key;
    must(await box.ring.rotate('device-car'));
    const late = await box.batch({ statement: { deviceKey: old.publicKey } });
    const signer = box.ring.signerOf(old.publicKey)!;
    const { statement, root } = must(readAttestation(late.attestation));
    const item = withBytes(late, sealAttestation(statement, root, signer.sign));
    expect(await send(sender, [item])).toEqual(['refused rotated-key']);
  });

  it('a batch that no request can hold, without sending it', async () => {
    await using play = await openPlayground();
    const box = await play.box('box');
    const sender = play.sender(box);
    const item = await box.batch();
    const leaves = Array.from({ length: 70 }, () => new Uint8Array(65_000));
    expect(await send(sender, [{ ...item, leaves }, item])).toEqual(['refused too-large', 'settled']);
  });

  it('nobody it does not know: it asks for the records, and the operator hears that they do not help', async () => {
    await using play = await openPlayground();
    const [box, stranger] = [await play.box('box'), await play.box('stranger')];
    const sender = play.sender(box);
    const [mine, theirs, next] = [await box.batch(), await stranger.batch(), await stranger.batch()];
    // What follows in the stranger's stream waits for it, instead of seeming to leave a hole.
    expect(await send(sender, [theirs, next, mine])).toEqual([
      'kept outpost.records',
      'kept outpost.again',
      'settled',
    ]);
    expect(sender.alarms).toMatchObject([{ kind: 'untrusted', code: 'outpost.records' }]);
  });

  it('records that contradict the ones it has', async () => {
    await using play = await openPlayground();
    const box = await play.box('box');
    const sender = play.sender(box);
    expect(await send(sender, [await box.batch()])).toEqual(['settled']);
    // A card copied before its records were made: the same keys, and another history.
    await cp(`${play.directory}/box`, `${play.directory}/copy`, { recursive: true });
    await rm(`${play.directory}/copy/records.cbor`);
    await rm(`${play.directory}/copy/device-car.seed`);
    const copy = await play.box('copy');
    const other = play.sender(copy);
    expect(await send(other, [await copy.batch()])).toEqual(['kept outpost.records']);
    expect(other.alarms[0]?.words).toMatch(/began its log of key records twice/);
  });
});
