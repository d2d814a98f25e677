import { randomUUID } from 'node:crypto';
import { readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Result } from '@outpost/schemas/words';
import type { BoxControls } from '../../settings/box-controls.ts';
import { json, type Reply, refusal, replyToFault } from '../http.ts';
import { type Api, type Routes, routesOf } from '../route.ts';

export interface BoxParts {
  readonly clock: Clock;
  readonly dataDirectory: string;
  readonly box: BoxControls | undefined;
  /** Gives an order to a device, as `outpost order` does: a request and an outcome in JSON. */
  order(request: string): Promise<Result<string>>;
}

const BACKUP = {
  type: 'application/octet-stream',
  words: 'Keys, encrypted; `outpost keys import` reads it.',
} as const;

export const BOX_API = {
  'GET /api/discover': {
    access: 'owner',
    words:
      'What is attached to the box or near it, as `outpost discover` finds it; nothing is written to any of it.',
    gives: { type: 'application/json', words: 'A list of what was found.' },
  },
  'GET /api/log': {
    access: 'owner',
    words: 'The newest lines of the log.',
    gives: {
      type: 'application/json',
      shape: {
        type: 'object',
        properties: { lines: { type: 'array', items: { type: 'string' } } },
        required: ['lines'],
      },
    },
  },
  'POST /api/backup': {
    access: 'owner',
    words: 'All keys of the box in a file that only the passphrase opens.',
    body: {
      type: 'object',
      properties: { passphrase: { type: 'string', minLength: 10, maxLength: 1_024 } },
      required: ['passphrase'],
      additionalProperties: false,
    },
    gives: BACKUP,
  },
  'POST /api/order': {
    access: 'owner',
    words: 'Tells a device to do something, and how that ended.',
    body: {
      type: 'object',
      properties: { device: { type: 'string', maxLength: 32 }, kind: { type: 'string', maxLength: 32 } },
      required: ['kind'],
    },
    gives: { type: 'application/json', words: 'The one outcome of the order.' },
  },
  'POST /api/restart': {
    access: 'owner',
    words: 'Ends the gateway in order and starts it anew.',
    gives: { type: 'application/json', shape: { type: 'object', properties: {} } },
  },
} as const satisfies Api;

/** Until the answer has gone out. */
const RESTART_AFTER_MS = 250;

/** The box as a whole: what is around it, what it says, a copy of its keys. */
export const boxRoutes = ({ box, clock, dataDirectory, order }: BoxParts): Routes => {
  const nobody = (): Reply => refusal(503, 'another program runs this gateway, and has that.');
  const { signal } = new AbortController();
  /** Each takes a process of its own: one at a time. */
  let isBusy = false;
  const alone = async (act: (box: BoxControls) => Promise<Reply>): Promise<Reply> => {
    if (box === undefined) return nobody();
    if (isBusy) return refusal(503, 'the box is still busy with another such request; try again.');
    isBusy = true;
    try {
      return await act(box);
    } finally {
      isBusy = false;
    }
  };

  const backUp = async (own: BoxControls, passphrase: string): Promise<Reply> => {
    const file = join(dataDirectory, `backup-${randomUUID()}`);
    const args = ['keys', 'export', '--data', dataDirectory, '--out', file];
    const { code, err } = await own.outpost(args, { OUTPOST_PASSPHRASE: passphrase });
    if (code !== 0) return refusal(422, err);
    try {
      const body = new Uint8Array(await readFile(file));
      const headers = { 'content-disposition': 'attachment; filename="outpost-keys.backup"' };
      return { status: 200, type: BACKUP.type, body, headers };
    } finally {
      await unlink(file);
    }
  };

  return routesOf(BOX_API, {
    'GET /api/discover': async () =>
      await alone(async (own) => {
        const { code, out, err } = await own.outpost(['discover', '--json']);
        return code === 0 ? { status: 200, type: 'application/json', body: out } : refusal(503, err);
      }),
    'GET /api/log': () => (box === undefined ? nobody() : json({ lines: box.lines() })),
    'POST /api/backup': async ({ body: { passphrase } }) =>
      await alone(async (own) => await backUp(own, passphrase)),
    'POST /api/order': async ({ body }) => {
      const outcome = await order(JSON.stringify(body));
      return outcome.ok
        ? { status: 200, type: 'application/json', body: outcome.value }
        : replyToFault(outcome.fault);
    },
    'POST /api/restart': () => {
      if (box === undefined) return nobody();
      void clock.sleep(RESTART_AFTER_MS, signal).then(() => box.restart());
      return json({});
    },
  });
};
