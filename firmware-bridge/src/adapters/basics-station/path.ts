import type { From } from './event.ts';

/** Where a station asks where to go. */
export const DISCOVERY_PATH = '/router-info';

/** Where it is sent: the path says which region it is in, so that each message can be read by itself. */
export const ROUTER_PATH = /^\/([A-Z0-9-]{1,16})\/router-([0-9a-f]{16})$/;

export const routerPath = ({ region, gateway }: From): string => `/${region}/router-${gateway}`;
