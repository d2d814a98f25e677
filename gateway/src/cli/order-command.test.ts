import type { Order, OrderOutcome } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { serveControl } from '../control/socket.ts';
import { takeOrder } from '../control/take-order.ts';
import { scratch } from '../journal/testing.ts';
import type { Terminal } from './context.ts';
import { outpost } from './main.ts';

const EUI = '0016c001f0000001';

/** A gateway's control socket with three devices that answer every order alike, and a terminal beside it. */
const bench = async (directory: string, answer: (order: Order) => OrderOutcome) => {
  const given: (readonly [string, Order])[] = [];
  const told: string[] = [];
  const stopping = new AbortController();
  const takers = [
    { name: 'car', takes: [] },
    { name: 'roof', takes: ['approve', 'downlink'] as const },
    { name: 'barn', takes: ['downlink', 'restart'] as const },
  ];
  const order = takeOrder({
    takers,
    give: async (device, each) => {
      given.push([device, each]);
      return answer(each);
    },
    told: (device, { kind }, outcome) => void told.push(`${device} ${kind} ${outcome.kind}`),
  });
  await serveControl(directory, { shows: {}, takes: { '/order': order } }, stopping.signal);
  const run = async (...args: readonly string[]) => {
    const out: string[] = [];
    const err: string[] = [];
    const terminal: Terminal = {
      out: (line) => void out.push(line),
      err: (line) => void err.push(line),
      secret: async () => undefined,
      env: {},
      signal: new AbortController().signal,
    };
    const code = await outpost([...args, '--data', directory], terminal);
    return { code, out: out.join('\n'), err: err.join('\n') };
  };
  return { run, given, told, stop: () => stopping.abort() };
};

const done = ({ id }: Order): OrderOutcome => ({ id, kind: 'done', words: 'it may speak.' });

describe('outpost order', () => {
  it('gives the order and prints its one outcome, for people or for scripts', async () => {
    await using directory = await scratch();
    const { run, given, told, stop } = await bench(directory.path, done);
    expect(await run('order', 'roof', 'approve', EUI.toUpperCase())).toEqual({
      code: 0,
      out: 'it may speak.',
      err: '',
    });
    const { out } = await run('order', 'roof', 'approve', EUI, '--json');
    expect(JSON.parse(out)).toEqual({
      device: 'roof',
      id: 'control-2',
      kind: 'done',
      words: 'it may speak.',
    });
    expect(given).toEqual([
      ['roof', { id: 'control-1', kind: 'approve', gateway: EUI }],
      ['roof', { id: 'control-2', kind: 'approve', gateway: EUI }],
    ]);
    expect(told).toEqual(['roof approve done', 'roof approve done']);
    stop();
  });

  it('sends a downlink with its alternatives in order', async () => {
    await using directory = await scratch();
    const { run, given, stop } = await bench(directory.path, done);
    const modulation = { kind: 'lora', spreadingFactor: 7, bandwidthHz: 125_000 };
    const items = ['01', '02'].map((phy) =>
      JSON.stringify({ phy, frequencyHz: 868_100_000, powerDbm: 14, modulation }),
    );
    const asked = items.flatMap((item) => ['--item', item]);
    expect((await run('order', 'roof', 'downlink', EUI, ...asked)).code).toBe(0);
    const [, order] = given[0] ?? [];
    expect(order?.kind === 'downlink' ? order.items.map(({ phy }) => [...phy]) : []).toEqual([[1], [2]]);
    stop();
  });

  it('says why an order was refused, and ends with 1', async () => {
    await using directory = await scratch();
    const { run, stop } = await bench(directory.path, ({ id }) => ({
      id,
      kind: 'refused',
      code: 'too-late',
      words: 'the moment had passed.',
      items: ['too-late'],
    }));
    expect(await run('order', 'barn', 'restart')).toEqual({
      code: 1,
      out: '',
      err: 'refused (too-late): the moment had passed.',
    });
    const { code, out } = await run('order', 'barn', 'restart', '--json');
    expect([code, JSON.parse(out).code]).toEqual([1, 'too-late']);
    stop();
  });

  it('ends with 78 for what is no order, before anybody hears of it', async () => {
    await using directory = await scratch();
    const { run, given, stop } = await bench(directory.path, done);
    const cases = [
      [['order', 'roof', 'dance'], 'there is no order "dance"'],
      [['order', 'roof', 'approve'], 'that order is written outpost order DEVICE approve EUI.'],
      [['order', 'roof', 'approve', 'xyz'], '"gateway" must be an EUI of 16 hex digits.'],
      [['order', 'roof', 'output', 'd9', 'high'], '"value" must be a number'],
      [['order', 'roof', 'downlink', EUI, '--item', '{'], 'an item is no object.'],
      [['order', 'roof', 'restart', '--wait', '0'], '--wait takes 1 to 3600 seconds.'],
    ] as const;
    for (const [args, words] of cases) {
      const { code, err } = await run(...args);
      expect([code, err]).toEqual([78, expect.stringContaining(words)]);
    }
    expect(given).toEqual([]);
    stop();
  });

  it('ends with 1 where there is no such device, or no gateway runs', async () => {
    await using directory = await scratch();
    const { run, stop } = await bench(directory.path, done);
    const absent = await run('order', 'attic', 'restart');
    expect([absent.code, absent.err]).toEqual([
      1,
      expect.stringContaining('there is no device "attic"; there are car, roof, barn.'),
    ]);
    stop();
    const away = await run('order', 'barn', 'restart');
    expect([away.code, away.err]).toEqual([1, expect.stringContaining('no gateway runs')]);
  });
});

describe('an order for nobody in particular', () => {
  const ask = async (kind: string) => {
    const take = takeOrder({
      takers: [
        { name: 'roof', takes: ['approve', 'restart'] },
        { name: 'barn', takes: ['restart'] },
      ],
      give: async (device, order) => ({ ...done(order), words: device }),
      told: () => undefined,
    });
    const fields = kind === 'forbid' || kind === 'approve' ? { gateway: EUI } : {};
    const taken = await take(JSON.stringify({ kind, ...fields }));
    return taken.ok ? (JSON.parse(taken.value) as { readonly words: string }).words : taken.fault.words;
  };

  it('goes to the only device that takes such orders, and to none where it is not clear which', async () => {
    expect(await ask('approve')).toBe('roof');
    expect(await ask('restart')).toBe('several devices take such an order; name one of roof, barn.');
    expect(await ask('forbid')).toBe('no device takes an order "forbid".');
  });

  it('is one JSON object', async () => {
    const take = takeOrder({ takers: [], give: async (_, order) => done(order), told: () => undefined });
    expect(await take('{')).toMatchObject({ fault: { words: 'an order is one JSON object.' } });
  });
});
