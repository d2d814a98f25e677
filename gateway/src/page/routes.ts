import type { Clock } from '@outpost/schemas/words';
import { type BoxParts, boxRoutes } from './api/box.ts';
import { type DevicesParts, devicesRoutes } from './api/devices.ts';
import { type EntranceParts, entranceRoutes } from './api/entrance.ts';
import { type EvidenceParts, evidenceRoutes } from './api/evidence.ts';
import { type LedgerParts, ledgerRoutes } from './api/ledger.ts';
import { type LiveParts, liveRoutes } from './api/live.ts';
import { type PlacesParts, placesRoutes } from './api/places.ts';
import { type SettingsParts, settingsRoutes } from './api/settings.ts';
import { type Asked, type Reply, refusal } from './http.ts';
import { createLimiter } from './limiter.ts';
import { type Access, isSameSecret, type Routes } from './route.ts';

export interface RoutesParts
  extends EntranceParts,
    LiveParts,
    EvidenceParts,
    LedgerParts,
    PlacesParts,
    SettingsParts,
    DevicesParts,
    BoxParts {
  readonly clock: Clock;
  /** The files of the page itself. */
  readonly files: Routes;
  /** What a scraper shows to read the numbers without a session. */
  readonly metricsToken: string;
}

/** What one caller may ask, far above what a page does. */
const REQUESTS = { burst: 120, everyMs: 50, callersMax: 1_024 };
/** The page's own files come from memory and cost next to nothing; twenty pages that open at once ask for hundreds. */
const FETCHES = { burst: 2_000, everyMs: 5, callersMax: 1_024 };

const allRoutes = (parts: RoutesParts): Routes => ({
  ...parts.files,
  ...liveRoutes(parts),
  ...entranceRoutes(parts),
  ...evidenceRoutes(parts),
  ...ledgerRoutes(parts),
  ...placesRoutes(parts),
  ...settingsRoutes(parts),
  ...devicesRoutes(parts),
  ...boxRoutes(parts),
});

/** Answers one request: who asks, whether they may, how often they have. */
export const createRoutes = (parts: RoutesParts): ((asked: Asked) => Promise<Reply>) => {
  const { clock, sessions, metricsToken } = parts;
  const requests = createLimiter(REQUESTS);
  const fetches = createLimiter(FETCHES);
  const routes = allRoutes(parts);

  const may = (access: Access, { token, bearer }: Asked): boolean => {
    if (access === 'anyone') return true;
    if (access === 'metrics' && bearer !== undefined && isSameSecret(bearer, metricsToken)) return true;
    return token !== undefined && sessions.touch(token, clock.mono());
  };

  return async (asked) => {
    const name = `${asked.method} ${asked.path}`;
    const limiter = Object.hasOwn(parts.files, name) ? fetches : requests;
    if (!limiter.take(asked.caller, clock.mono())) return refusal(429, 'too many requests; wait a second.');
    const route = routes[name];
    if (route !== undefined && may(route.access, asked)) return await route.answer(asked);
    // Whether there is such a thing is nobody else's business.
    return may('owner', asked) ? refusal(404, 'there is nothing here.') : refusal(401, 'log in first.');
  };
};
