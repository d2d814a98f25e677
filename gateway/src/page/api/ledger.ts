import { type Clock, wallNs } from '@outpost/schemas/words';
import {
  type HourJson,
  hourJson,
  type LifeJson,
  lifeJson,
  type TotalsJson,
  totalsJson,
} from '../../ledger/json.ts';
import type { Life } from '../../ledger/lines.ts';
import type { LedgerNetwork } from '../../ledger/networks.ts';
import { readLedger } from '../../ledger/read-ledger.ts';
import type { SpannedJournal } from '../attestations.ts';
import { json, refusal } from '../http.ts';
import { type Api, type Routes, routesOf } from '../route.ts';

export interface LedgerParts {
  readonly clock: Clock;
  readonly journal: SpannedJournal;
  /** The networks there are, each with how far it has come. */
  ledgerNetworks(): Promise<readonly LedgerNetwork[]>;
}

/** What the page shows of the ledger; all of it is told by `outpost ledger`. */
export interface LedgerPage {
  /** Newest first. */
  readonly lives: readonly LifeJson[];
  readonly hours: readonly HourJson[];
  readonly totals: TotalsJson | null;
  /** Attestations of the period that are older than those. */
  readonly more: number;
}

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
const HOURS_MAX = 200;
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
            maxItems: HOURS_MAX,
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
export const ledgerRoutes = ({ clock, journal, ledgerNetworks }: LedgerParts): Routes => {
  const never = new AbortController().signal;
  let isReading = false;

  const read = async (options: {
    readonly lastS: number;
    readonly network: string | undefined;
    readonly device: string | undefined;
    readonly rows: number;
  }): Promise<LedgerPage> => {
    const { lastS, network, device, rows } = options;
    const since = wallNs(clock.wall() - BigInt(lastS) * 1_000_000_000n);
    const lives: Life[] = [];
    const hours: HourJson[] = [];
    let totals: TotalsJson | null = null;
    let more = 0;
    const networks = await ledgerNetworks();
    for await (const line of readLedger(journal, { networks, network, device, since }, never)) {
      if (line.kind === 'attestation') {
        lives.push(line.life);
        if (lives.length <= rows) continue;
        lives.shift();
        more += 1;
      } else if (line.kind === 'hour') {
        hours.push(hourJson(line.sums));
        if (hours.length > HOURS_MAX) hours.shift();
      } else if (line.kind === 'totals') totals = totalsJson(line.totals);
    }
    return { lives: lives.reverse().map(lifeJson), hours: hours.reverse(), totals, more };
  };

  return routesOf(LEDGER_API, {
    'GET /api/ledger': async ({ query: { lastS = DAY_S, network, device, rows = ROWS } }) => {
      if (isReading) return refusal(503, 'the ledger is being read already; try again when that is done.');
      isReading = true;
      try {
        return json(await read({ lastS, network, device, rows }));
      } finally {
        isReading = false;
      }
    },
  });
};
