import { fail, fault, ok, type Result } from '@outpost/schemas/words';

/** Where an InfluxDB is and who we are there, in the parts that the client takes without re-reading a URL. */
export interface InfluxTarget {
  readonly protocol: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  /** Empty, or what stands in front of the server behind a proxy: `/influx`. */
  readonly path: string;
  readonly database: string;
  readonly user?: string;
  readonly password?: string;
  /** InfluxDB 2 and 3; excludes a user. */
  readonly token?: string;
  /** For people: the address without credentials. */
  readonly where: string;
}

export interface Identity {
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
}

const DEFAULT_PORT = { http: 80, https: 443 } as const;

/** Undefined where a percent sign does not begin a code. */
const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

/** Reads an address; its user and password, if any, are percent-decoded and count where `identity` names none. */
export const influxTarget = (
  url: string,
  database: string,
  identity: Identity = {},
): Result<InfluxTarget> => {
  const bad = (words: string) => fail(fault('misconfigured', 'influx.url', 'store.url', words));
  if (!URL.canParse(url)) return bad('the address of InfluxDB is no URL; write http://host:8086.');
  const parsed = new URL(url);
  const protocol = parsed.protocol === 'https:' ? 'https' : 'http';
  if (parsed.protocol !== `${protocol}:`) {
    return bad(`InfluxDB is reached over http or https, not ${parsed.protocol}//.`);
  }
  if (parsed.search !== '' || parsed.hash !== '') {
    return bad('the address of InfluxDB has no query and no fragment; name the database in store.database.');
  }
  const path = parsed.pathname.replace(/\/+$/, '');
  const port = parsed.port === '' ? DEFAULT_PORT[protocol] : Number(parsed.port);
  const [user, password] = [decoded(parsed.username), decoded(parsed.password)];
  if (user === undefined || password === undefined) {
    return bad('a percent sign in the user or password of the address of InfluxDB must be written %25.');
  }
  const own = user === '' ? {} : { user, password };
  const who = identity.user === undefined && identity.token === undefined ? own : identity;
  return ok({
    protocol,
    // An IPv6 address keeps its brackets: the client puts host and port together again.
    host: parsed.hostname,
    port,
    path,
    database,
    ...who,
    where: `${protocol}://${parsed.hostname}:${port}${path}`,
  });
};
