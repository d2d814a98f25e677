import { fault, toHex } from '@outpost/schemas/words';
import type {
  LiveDelivery,
  LiveNetwork,
  LiveOutcome,
  Network,
  Outcome,
  Reward,
} from '../../networks/contract.ts';

/** How a network answers for one thing: it takes it, takes it without its answer arriving, or cannot be reached. */
export type Manner = 'taken' | 'lost' | 'away';

/** What a network got and paid, over all lives of the program that sends to it. */
export interface Books {
  /** How often each thing arrived, by its id. */
  readonly arrived: Map<string, number>;
  /** How often each was paid for. */
  readonly paid: Map<string, number>;
  /** Answers still to be given; then everything is taken. */
  readonly manners: Manner[];
}

export const newBooks = (manners: readonly Manner[]): Books => ({
  arrived: new Map(),
  paid: new Map(),
  manners: [...manners],
});

export const REWARD: Reward = { unit: 'PAY', mantissa: 1, decimals: 0, basis: 'network' };

const away = {
  kind: 'kept',
  retryAfterMs: 0,
  fault: fault('unreachable', 'sim.away', 'sim', 'away.'),
} as const;

const plusOne = (counts: Map<string, number>, id: string): void => {
  counts.set(id, (counts.get(id) ?? 0) + 1);
};

type Said = Extract<LiveOutcome, { readonly kind: 'settled' | 'unknown' | 'kept' }>;

/**
 * @param takesOnce it pays for whatever arrives, and so must not get anything twice; without it an id is paid for once,
 *   and answered for as often as it comes
 */
const payFor = (books: Books, id: string, takesOnce: boolean): Said => {
  const manner = books.manners.shift() ?? 'taken';
  if (manner === 'away') return away;
  plusOne(books.arrived, id);
  if (takesOnce || !books.paid.has(id)) plusOne(books.paid, id);
  if (manner === 'taken') return { kind: 'settled', reward: REWARD };
  return takesOnce ? { kind: 'unknown', words: 'nobody answered.' } : away;
};

const forEver = (): Promise<never> => new Promise(() => undefined);

/** A network that takes attestations; deaf as soon as the program that speaks to it has died. */
export const payingNetwork = (books: Books, takesOnce: boolean, isDead: () => boolean): Network => ({
  follows: 'attestations',
  name: 'sim',
  itemsMax: 3,
  bytesMax: 1 << 20,
  takesOnce,
  async deliver(items) {
    const outcomes: Outcome[] = [];
    for (const { hash } of items) {
      if (isDead()) return await forEver();
      // Where one is not answered for, nothing behind it is sent in this call.
      const last = outcomes.at(-1);
      outcomes.push(last?.kind === 'kept' ? away : payFor(books, toHex(hash), takesOnce));
    }
    return outcomes;
  },
  [Symbol.asyncDispose]: () => Promise.resolve(),
});

export const readingId = ({ stream, sequence }: LiveDelivery): string => `${stream} ${sequence}`;

export const payingLiveNetwork = (books: Books, takesOnce: boolean, isDead: () => boolean): LiveNetwork => ({
  follows: 'readings',
  name: 'sim',
  windowMax: 3,
  expiresAfterMs: 1e15,
  takesOnce,
  wants: ({ body }) => body.kind === 'number',
  async deliver(reading) {
    await Promise.resolve();
    return isDead() ? await forEver() : payFor(books, readingId(reading), takesOnce);
  },
  run: () => Promise.resolve(),
  [Symbol.asyncDispose]: () => Promise.resolve(),
});
