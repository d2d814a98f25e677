import type { Order, OrderId } from '@outpost/schemas/words';
import { expect, it } from 'vitest';
import { createOrders } from './orders.ts';

const restart = (id: string): Order => ({ id: id as OrderId, kind: 'restart' });

it('gives an order to its device and the outcome to whoever gave it', async () => {
  const orders = createOrders();
  const gate = orders.deskOf('roof').connect(['restart']);
  const first = orders.give('roof', restart('a'));
  const second = orders.give('roof', restart('b'));
  const waiting = gate.orders[Symbol.asyncIterator]();
  expect((await waiting.next()).value).toEqual(restart('a'));
  gate.ordered({ id: 'b' as OrderId, kind: 'done', words: 'done.' });
  gate.ordered({ id: 'a' as OrderId, kind: 'refused', code: 'busy', words: 'busy.' });
  expect(await first).toMatchObject({ id: 'a', kind: 'refused' });
  expect(await second).toMatchObject({ id: 'b', kind: 'done' });
});

it('answers for a device that is away or that is none', async () => {
  const orders = createOrders();
  expect(await orders.give('roof', restart('a'))).toMatchObject({ kind: 'refused', code: 'no-device' });
  orders.deskOf('roof');
  expect(await orders.give('roof', restart('a'))).toMatchObject({ kind: 'refused', code: 'away' });
});

it('counts what a device was told to send, and what of it was not sent', async () => {
  const orders = createOrders();
  const downlink = (id: string): Order => ({
    id: id as OrderId,
    kind: 'downlink',
    gateway: 'aa555a0000000001',
    items: [],
  });
  expect(orders.downlinksOf('roof')).toEqual({ given: 0, refused: 0 });
  const gate = orders.deskOf('roof').connect(['downlink', 'restart']);
  const waiting = gate.orders[Symbol.asyncIterator]();
  const all = [orders.give('roof', downlink('a')), orders.give('roof', downlink('b'))];
  const other = orders.give('roof', restart('c'));
  for (let each = 0; each < 3; each += 1) await waiting.next();
  gate.ordered({ id: 'a' as OrderId, kind: 'done', words: 'sent.' });
  gate.ordered({ id: 'c' as OrderId, kind: 'refused', code: 'busy', words: 'busy.' });
  gate.end();
  await Promise.all([...all, other]);
  expect(orders.downlinksOf('roof')).toEqual({ given: 2, refused: 1 });
});
