import type { Order, OrderId, OrderOutcome } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { createOrderDesk } from './order-desk.ts';

const order = (id: string, kind: 'restart' | 'approve' = 'restart'): Order =>
  kind === 'restart' ? { id: id as OrderId, kind } : { id: id as OrderId, kind, gateway: '0016c001f0000001' };

const bench = () => {
  const answered: string[] = [];
  const desk = createOrderDesk((outcome) =>
    answered.push(outcome.kind === 'done' ? `${outcome.id} done` : `${outcome.id} ${outcome.code}`),
  );
  const done = (id: string): OrderOutcome => ({ id: id as OrderId, kind: 'done', words: 'done.' });
  return { desk, answered, done };
};

describe('where orders for a device are given', () => {
  it('hands them to the connection in order, and passes its answers on', async () => {
    const { desk, answered, done } = bench();
    const gate = desk.connect(['restart']);
    const orders = gate.orders[Symbol.asyncIterator]();
    const first = orders.next();
    desk.give(order('a'));
    desk.give(order('b'));
    expect((await first).value?.id).toBe('a');
    gate.ordered(done('a'));
    expect((await orders.next()).value?.id).toBe('b');
    expect(answered).toEqual(['a done']);
  });

  it('refuses at once what comes while the device is away, and what its kind does not take', () => {
    const { desk, answered } = bench();
    desk.give(order('a'));
    const gate = desk.connect(['approve']);
    desk.give(order('b'));
    gate.end();
    desk.give(order('c', 'approve'));
    expect(answered).toEqual(['a away', 'b not-taken', 'c away']);
  });

  it('answers what is open when the connection ends, taken or not, and ends whoever waits for more', async () => {
    const { desk, answered, done } = bench();
    const gate = desk.connect(['restart']);
    const orders = gate.orders[Symbol.asyncIterator]();
    for (const id of ['a', 'b', 'c']) desk.give(order(id));
    await orders.next();
    gate.ordered(done('a'));
    await orders.next();
    const third = orders.next();
    const fourth = orders.next();
    gate.end();
    expect(answered).toEqual(['a done', 'b port-closed', 'c port-closed']);
    expect((await third).value?.id).toBe('c');
    expect((await fourth).done).toBe(true);
    expect(() => gate.ordered(done('b'))).toThrow(/not given, or twice/);
  });

  it('keeps a bounded number open', () => {
    const { desk, answered } = bench();
    const gate = desk.connect(['restart']);
    for (let i = 0; i < 64; i += 1) desk.give(order(`o${i}`));
    expect(answered).toEqual([]);
    desk.give(order('more'));
    expect(answered).toEqual(['more busy']);
    gate.end();
    expect(new Set(answered).size).toBe(65);
  });

  it('takes an answer once, and no second connection beside the first', () => {
    const { desk, done } = bench();
    const gate = desk.connect(['restart']);
    desk.give(order('a'));
    expect(() => desk.give(order('a'))).toThrow(/given twice/);
    gate.ordered(done('a'));
    expect(() => gate.ordered(done('a'))).toThrow(/not given, or twice/);
    expect(() => desk.connect(['restart'])).toThrow(/one connection/);
    gate.end();
    desk.connect(['restart']).end();
  });
});
