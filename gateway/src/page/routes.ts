import type { Clock } from '@outpost/schemas/words';
import type { SelfNow } from '../metrics/index.ts';
import { type EntranceParts, entranceRoutes } from './entrance.ts';
import { type Asked, type Reply, refusal } from './http.ts';
import { createLimiter } from './limiter.ts';
import { LISTENERS_MAX, type Live } from './live.ts';
import { prometheusText } from './prometheus.ts';
import { type Access, isSameSecret, type Routes } from './route.ts';

export interface RoutesParts extends EntranceParts {
  readonly clock: Clock;
  readonly live: Live;
  /** The files of the page itself. */
  readonly files: Routes;
  /** What a scraper shows to read the numbers without a session. */
  readonly metricsToken: string;
  /** JSON, as `outpost status --json`. */
  status(): string;
  now(): SelfNow;
}

/** What one caller may ask, far above what a page does. */
const REQUESTS = { burst: 120, everyMs: 50, callersMax: 1_024 };

const routesOf = (parts: RoutesParts): Routes => {
  const { live, status, now, files } = parts;
  return {
    ...files,
    ...entranceRoutes(parts),
    'GET /healthz': { access: 'anyone', answer: () => ({ status: 200, type: 'text/plain', body: 'ok\n' }) },
    'GET /metrics': {
      access: 'metrics',
      answer: () => ({ status: 200, type: 'text/plain; version=0.0.4', body: prometheusText(now()) }),
    },
    'GET /api/status': {
      access: 'owner',
      answer: () => ({ status: 200, type: 'application/json', body: status() }),
    },
    'GET /api/live': {
      access: 'owner',
      answer: () =>
        live.listeners >= LISTENERS_MAX
          ? refusal(503, 'too many pages are open; close one.')
          : { open: (response) => live.join(response) },
    },
  };
};

/** Answers one request: who asks, whether they may, how often they have. */
export const createRoutes = (parts: RoutesParts): ((asked: Asked) => Promise<Reply>) => {
  const { clock, sessions, metricsToken } = parts;
  const requests = createLimiter(REQUESTS);
  const routes = routesOf(parts);

  const may = (access: Access, { token, bearer }: Asked): boolean => {
    if (access === 'anyone') return true;
    if (access === 'metrics' && bearer !== undefined && isSameSecret(bearer, metricsToken)) return true;
    return token !== undefined && sessions.touch(token, clock.mono());
  };

  return async (asked) => {
    if (!requests.take(asked.caller, clock.mono())) return refusal(429, 'too many requests; wait a second.');
    const route = routes[`${asked.method} ${asked.path}`];
    if (route !== undefined && may(route.access, asked)) return await route.answer(asked);
    // Whether there is such a thing is nobody else's business.
    return may('owner', asked) ? refusal(404, 'there is nothing here.') : refusal(401, 'log in first.');
  };
};
