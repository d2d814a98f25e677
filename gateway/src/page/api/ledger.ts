import { type Clock, type Result, wallNs } from '@outpost/schemas/words';
import { type LedgerPage, PAGE_HOURS_MAX, type PageAsked } from '../../ledger/page.ts';
import { json, refusal, replyToFault } from '../http.ts';
import { type Api, type Routes, routesOf } from '../route.ts';

export interface LedgerParts {
  readonly clock: Clock;
  /** Reads the ledger of the networks that there are. */
  ledger(asked: Omit<PageAsked, 'networks'>, signal: AbortSignal): Promise<Result<LedgerPage>>;
}

export type { LedgerPage } from '../../ledger/page.ts';

const TEXT = { type: 'string' } as const;
const COUNT = { type: 'integer', minimum: 0 } as const;
const REWARDS = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      unit: TEXT,
      basis: { type: 'string', enum: ['network', 'rule'] },
      amount: { type: 'string', description: 'An exact decimal number.' },
    },
    required: ['unit', 'basis', 'amount'],
  },
} as const;

const ROWS = 50;
const ROWS_MAX = 200;
const DAY_S = 86_400;
/** A longer time takes the box long to read; `outpost ledger` tells of any. */
const LAST_MAX_S = 31 * DAY_S;

export const LEDGER_API = {
  'GET /api/ledger': {
    access: 'owner',
    words: 'What became of what was signed: with each network, in its words, and what it gave.',
    query: {
      type: 'object',
      properties: {
        lastS: {
          type: 'integer',
          minimum: 60,
          maximum: LAST_MAX_S,
          description: 'Made or ended in so many seconds',
        },
        network: { type: 'string', maxLength: 100 },
        device: { type: 'string', maxLength: 100 },
        rows: { type: 'integer', minimum: 1, maximum: ROWS_MAX },
      },
      additionalProperties: false,
    },
    gives: {
      type: 'application/json',
      words: 'The newest attestations, single readings summed by hour, and totals by network and day.',
      shape: {
        type: 'object',
        properties: {
          lives: {
            type: 'array',
            maxItems: ROWS_MAX,
            items: {
              type: 'object',
              properties: {
                attestation: { type: 'string', description: 'SHA-256, hex.' },
                stream: TEXT,
                counter: COUNT,
                readings: COUNT,
                made: TEXT,
                networks: { ...COUNT, description: 'How many networks are shown it.' },
                fates: {
                  type: 'array',
                  items: {
                    type: 'object',
                    properties: {
                      network: TEXT,
                      fate: {
                        type: 'string',
                        enum: ['settled', 'refused', 'expired', 'unknown', 'withheld', 'pending'],
                      },
                      code: TEXT,
                      words: TEXT,
                    },
                    required: ['network', 'fate', 'code', 'words'],
                  },
                },
              },
              required: ['attestation', 'stream', 'counter', 'readings', 'networks', 'fates'],
            },
          },
          hours: {
            type: 'array',
            maxItems: PAGE_HOURS_MAX,
            items: {
              type: 'object',
              properties: { network: TEXT, device: TEXT, rewards: REWARDS },
              required: ['network', 'device', 'rewards'],
            },
          },
          totals: { description: 'Sums by network and day; null where the box stopped before it had them.' },
          more: COUNT,
        },
        required: ['lives', 'hours', 'totals', 'more'],
      },
    },
  },
} as const satisfies Api;

/** What became of everything that was signed. */
export const ledgerRoutes = ({ clock, ledger }: LedgerParts): Routes => {
  const never = new AbortController().signal;
  let isReading = false;

  return routesOf(LEDGER_API, {
    'GET /api/ledger': async ({ query: { lastS = DAY_S, network, device, rows = ROWS } }) => {
      if (isReading) return refusal(503, 'the ledger is being read already; try again when that is done.');
      isReading = true;
      try {
        const since = wallNs(clock.wall() - BigInt(lastS) * 1_000_000_000n);
        const page = await ledger({ since, network, device, rows }, never);
        return page.ok ? json(page.value) : replyToFault(page.fault);
      } finally {
        isReading = false;
      }
    },
  });
};
