import type { SelfNow } from '../../metrics/index.ts';
import { refusal } from '../http.ts';
import { LISTENERS_MAX, type Live } from '../live.ts';
import { prometheusText } from '../prometheus.ts';
import { type Api, type Routes, routesOf } from '../route.ts';
import { STATUS } from './status-shape.ts';

export interface LiveParts {
  readonly live: Live;
  /** JSON, as `outpost status --json`. */
  status(): string;
  now(): SelfNow;
}

export const LIVE_API = {
  'GET /healthz': {
    access: 'anyone',
    words: 'Whether the program answers.',
    gives: { type: 'text/plain', words: 'ok' },
  },
  'GET /metrics': {
    access: 'metrics',
    words: 'All numbers of the box, in the text format of Prometheus.',
    gives: { type: 'text/plain; version=0.0.4' },
  },
  'GET /api/status': {
    access: 'owner',
    words: 'What `outpost status --json` prints.',
    gives: { type: 'application/json', shape: STATUS },
  },
  'GET /api/live': {
    access: 'owner',
    words: 'What devices say, as they say it: server-sent events `values` and `status`.',
    gives: { type: 'text/event-stream' },
  },
} as const satisfies Api;

/** What the box does now. */
export const liveRoutes = ({ live, status, now }: LiveParts): Routes =>
  routesOf(LIVE_API, {
    'GET /healthz': () => ({ status: 200, type: 'text/plain', body: 'ok\n' }),
    'GET /metrics': () => ({
      status: 200,
      type: 'text/plain; version=0.0.4',
      body: prometheusText(now()),
    }),
    'GET /api/status': () => ({ status: 200, type: 'application/json', body: status() }),
    'GET /api/live': () =>
      live.listeners >= LISTENERS_MAX
        ? refusal(503, 'too many pages are open; close one.')
        : { open: (response) => live.join(response) },
  });
