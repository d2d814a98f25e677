import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { keyText, outpostWire } from '@outpost/gateway';
import { equalBytes, toHex } from '@outpost/schemas/words';
import { decode, encode } from 'cborg';
import { describe, expect, it } from 'vitest';
import { openPlayground, send } from './pair.ts';
import { type Cbor, openReceiver, type Receiver } from './testing/receiver.ts';

/** Not this project's own, which refuses more than a stranger's does. */
const cbor: Cbor = {
  write: (value) => new Uint8Array(encode(value)),
  read: (bytes) => decode(bytes, { useMaps: true }),
};

const NEVER = new AbortController().signal;

const at = (receiver: Receiver) => ({ url: receiver.url, key: keyText(receiver.publicKey) });

describe("a network that somebody else wrote from the document, and this gateway's end of the wire", () => {
  it('settles with receipts that this gateway believes, and answers again to the byte without paying again', async () => {
    await using play = await openPlayground();
    await using receiver = await openReceiver(cbor);
    const box = await play.box('box');
    const sender = play.sender(box, at(receiver));
    const items = [await box.batch({ readings: 1 }), await box.batch({ readings: 5 })];
    box.restart();
    items.push(await box.batch({ readings: 6 }));
    const first = await sender.network.deliver(items, NEVER);
    expect(first.map(({ kind }) => kind)).toEqual(['settled', 'settled', 'settled']);
    const [, , last] = first;
    if (last?.kind !== 'settled' || last.receipt === undefined) throw new Error('it did not settle');
    expect(last.receipt.content).toMatchObject({
      network: 'a stranger',
      stream: 'car/telemetry',
      refused: [],
    });
    expect(equalBytes(last.receipt.content.highest.hash, items[2]?.hash ?? new Uint8Array(0))).toBe(true);
    expect(await sender.network.deliver(items, NEVER)).toEqual(first);
    expect([...receiver.paid]).toEqual(items.map(({ hash }) => [toHex(hash), 1]));
    expect(sender.alarms).toEqual([]);
  });

  it('says of each item by itself why it is not taken, and the others are', async () => {
    await using play = await openPlayground();
    await using receiver = await openReceiver(cbor);
    const box = await play.box('box');
    const sender = play.sender(box, at(receiver));
    const [first, second] = [await box.batch(), await box.batch()];
    const simulated = await box.batch({ origin: 'simulated' });
    const changed = { ...second, leaves: [...second.leaves].reverse() };
    const broken = first.attestation.slice();
    broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1;
    const items = [{ ...first, attestation: broken }, first, changed, simulated, await box.batch()];
    expect(await send(sender, items)).toEqual([
      'refused bad-signature',
      'settled',
      'refused bad-leaves',
      'refused simulated-not-accepted',
      'settled',
    ]);
  });

  it('is waited for while it is busy, and told who signed once it has forgotten', async () => {
    await using play = await openPlayground();
    await using receiver = await openReceiver(cbor);
    const box = await play.box('box');
    const sender = play.sender(box, at(receiver));
    const items = [await box.batch(), await box.batch()];
    receiver.busyFor(1, 7);
    const [kept] = await sender.network.deliver(items, NEVER);
    expect(kept).toMatchObject({ kind: 'kept', retryAfterMs: 7_000, fault: { code: 'outpost.busy' } });
    expect(await send(sender, items)).toEqual(['settled', 'settled']);
    receiver.forgetKeys();
    expect(await send(sender, [await box.batch(), await box.batch()])).toEqual(['settled', 'settled']);
    // One that was busy, one that settled, one that asked for the records and one that brought them.
    expect(receiver.requests()).toBe(4);
  });

  it('is not believed where a receipt in its name was not signed by it: nothing is settled, the operator hears', async () => {
    await using play = await openPlayground();
    await using receiver = await openReceiver(cbor);
    const box = await play.box('box');
    const item = await box.batch();
    const [honest] = await play.sender(box, at(receiver)).network.deliver([item], NEVER);
    if (honest?.kind !== 'settled' || honest.receipt === undefined) throw new Error('it did not settle');
    const forged = honest.receipt.bytes.slice();
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    const body = outpostWire.encodeVerdicts([{ kind: 'settled', receipt: forged }]);
    const server = createServer((request, response) => {
      request.resume();
      request.on('end', () =>
        response.writeHead(200, { 'content-type': outpostWire.VERDICT_TYPE }).end(body),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const sender = play.sender(box, { ...at(receiver), url });
    expect(await send(sender, [item])).toEqual(['kept outpost.receipt-signature']);
    expect(sender.alarms).toMatchObject([{ kind: 'untrusted', code: 'outpost.receipt-signature' }]);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('is brought 150 attestations after an outage by as many requests as there must be, in order', async () => {
    await using play = await openPlayground();
    await using receiver = await openReceiver(cbor);
    const box = await play.box('box');
    const { network } = play.sender(box, at(receiver));
    const items = [];
    for (let made = 0; made < 150; made += 1) items.push(await box.batch({ readings: 1 }));
    for (let from = 0; from < items.length; from += network.itemsMax) {
      const outcomes = await network.deliver(items.slice(from, from + network.itemsMax), NEVER);
      expect(outcomes.every(({ kind }) => kind === 'settled')).toBe(true);
    }
    expect([...receiver.paid.keys()]).toEqual(items.map(({ hash }) => toHex(hash)));
    expect(receiver.requests()).toBe(Math.ceil(150 / 64));
  });
});
