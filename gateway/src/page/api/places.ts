import type { Clock } from '@outpost/schemas/words';
import type { SpannedJournal } from '../attestations.ts';
import { json, refusal } from '../http.ts';
import { placesIn } from '../places.ts';
import { type Api, type Routes, routesOf } from '../route.ts';

export interface PlacesParts {
  readonly clock: Clock;
  readonly journal: SpannedJournal;
}

const COUNT = { type: 'integer', minimum: 0 } as const;
const INTEGER = { type: 'integer' } as const;
const TEXT = { type: 'string' } as const;
const TIME = { type: 'integer', minimum: 0, maximum: 9_223_372_036_854 } as const;

export const PLACES_API = {
  'GET /api/places': {
    access: 'owner',
    words: 'Where things were in a period: ways, trips, and what was heard where.',
    query: {
      type: 'object',
      properties: {
        from: { ...TIME, description: 'ms since 1970; by default the last day' },
        to: { ...TIME, description: 'ms since 1970; by default now' },
        lastS: { ...TIME, description: 'In the place of from: so many seconds before to' },
        device: { type: 'string', maxLength: 100 },
      },
      additionalProperties: false,
    },
    gives: {
      type: 'application/json',
      shape: {
        type: 'object',
        properties: {
          tracks: {
            type: 'array',
            items: {
              type: 'object',
              properties: {
                stream: TEXT,
                gateway: {
                  ...TEXT,
                  description:
                    'EUI of the LoRa gateway whose place it is; those that share a stream have one each.',
                },
                frames: { ...COUNT, description: 'Radio frames that this gateway heard.' },
                points: {
                  type: 'array',
                  description: 'Each: ms since 1970, degrees × 10^7 north and east, cm/s over ground or −1.',
                  items: { type: 'array', items: INTEGER, maxItems: 4 },
                },
              },
              required: ['stream', 'points'],
            },
          },
          heard: {
            type: 'array',
            description: 'Cells of 0.002 degrees in which radio frames were heard, by their middle.',
            items: {
              type: 'object',
              properties: {
                latitude: INTEGER,
                longitude: INTEGER,
                count: COUNT,
                bestRssiDeciDbm: INTEGER,
                bestSnrDeciDb: INTEGER,
              },
              required: ['latitude', 'longitude', 'count'],
            },
          },
          trips: {
            type: 'array',
            description: 'The latest first.',
            items: {
              type: 'object',
              properties: { stream: TEXT, fromMs: INTEGER, toMs: INTEGER, distanceM: COUNT },
              required: ['stream', 'fromMs', 'toMs', 'distanceM'],
            },
          },
          hidden: COUNT,
          isWhole: { type: 'boolean', description: 'False where the period holds too much for one map.' },
        },
        required: ['tracks', 'heard', 'trips', 'hidden', 'isWhole'],
        additionalProperties: false,
      },
    },
  },
} as const satisfies Api;

const DAY_MS = 86_400_000;
const MS = 1_000_000n;

/** What belongs on a map. One is drawn at a time: it reads all of its period. */
export const placesRoutes = ({ clock, journal }: PlacesParts): Routes => {
  let isBusy = false;
  return routesOf(PLACES_API, {
    'GET /api/places': async ({ query: { from, to, lastS, device } }) => {
      if (isBusy) return refusal(503, 'another map is being drawn; try again when that is done.');
      const toMs = to ?? Number(clock.wall() / MS);
      const fromMs = from ?? Math.max(0, toMs - (lastS === undefined ? DAY_MS : lastS * 1_000));
      if (fromMs > toMs) return refusal(400, 'the period ends before it begins.');
      isBusy = true;
      try {
        return json(await placesIn(journal, clock, { fromMs, toMs, device }));
      } finally {
        isBusy = false;
      }
    },
  });
};
