import { readFile, stat } from 'node:fs/promises';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import type { MqttSettings } from '../mqtt/connection.ts';
import { isTopicFilter } from '../mqtt/topic-filter.ts';
import { badOption, checkShape, pathOf, whereOf } from './address.ts';

/** What the four schemes differ in. */
export interface MqttScheme {
  readonly scheme: 'mqtt' | 'mqtts' | 'ws' | 'wss';
  readonly example: string;
  readonly defaultPort: number;
}

const FILE_OPTIONS = ['credentials', 'ca', 'cert', 'key'] as const;
const OPTIONS = ['session', 'version', 'path', ...FILE_OPTIONS] as const;

/** Printable, so that it can be typed and shown; longer ones are refused by many brokers. */
const SESSION = /^[\x21-\x7e]{1,64}$/;

/** In a URL a bare `#` begins something else; at the end of a topic filter it can only be the wildcard. */
const unhashed = (address: URL): URL => new URL(address.href.replace(/#(?=$|\?)/, '%23'));

const filterOf = (address: URL): string | undefined => pathOf(address)?.slice(1);

const withoutPath = (address: URL): URL => {
  const bare = new URL(address.href);
  bare.pathname = '';
  return bare;
};

const checkOptions = (address: URL, { scheme }: MqttScheme): Result<void> => {
  const option = (name: (typeof OPTIONS)[number]): string | null => address.searchParams.get(name);
  const session = option('session');
  if (session !== null && !SESSION.test(session)) {
    return badOption(
      address,
      'session',
      'is the name of our session at the broker: 1 to 64 printable characters',
    );
  }
  const version = option('version');
  if (version !== null && version !== '3.1.1' && version !== '5') {
    return badOption(address, 'version', 'must be 3.1.1 or 5');
  }
  const path = option('path');
  if (path !== null && (!scheme.startsWith('ws') || !/^\/[\x21-\x7e]*$/.test(path))) {
    return badOption(address, 'path', 'is for ws: and wss: alone, and starts with a slash');
  }
  for (const name of FILE_OPTIONS) {
    const file = option(name);
    if (file !== null && !file.startsWith('/'))
      return badOption(address, name, 'must be the absolute path of a file');
  }
  const isTls = scheme === 'mqtts' || scheme === 'wss';
  for (const name of ['ca', 'cert', 'key'] as const) {
    if (option(name) !== null && !isTls) return badOption(address, name, 'is for mqtts: and wss: alone');
  }
  if ((option('cert') === null) !== (option('key') === null)) {
    return badOption(address, 'cert', 'and "key" belong together');
  }
  return ok(undefined);
};

/** Checks an address without touching anything. */
export const checkMqtt = (given: URL, scheme: MqttScheme): Result<void> => {
  const { example } = scheme;
  const address = unhashed(given);
  const rules = { example, options: OPTIONS, host: 'required' } as const;
  const shape = checkShape(withoutPath(address), rules);
  if (!shape.ok) return shape;
  const filter = filterOf(address);
  if (filter === undefined || !isTopicFilter(filter) || filter.startsWith('$share/')) {
    const words = `names no topic filter after the port number; write it like ${example}.`;
    return fail(fault('misconfigured', 'port.address', whereOf(withoutPath(address)), words));
  }
  return checkOptions(address, scheme);
};

const credentialsOf = (text: string): MqttSettings['credentials'] => {
  try {
    const { user, password } = JSON.parse(text) as { user?: unknown; password?: unknown };
    return typeof user === 'string' && typeof password === 'string'
      ? { username: user, password }
      : undefined;
  } catch {
    return undefined;
  }
};

const readCredentials = async (file: string): Promise<Result<MqttSettings['credentials']>> => {
  const wrong = (words: string) => fail(fault('misconfigured', 'mqtt.credentials', file, words));
  if (((await stat(file)).mode & 0o077) !== 0) {
    return wrong('others can read the password in it; run "chmod 600" on it.');
  }
  const credentials = credentialsOf(await readFile(file, 'utf8'));
  return credentials === undefined ? wrong('must hold {"user": "…", "password": "…"}.') : ok(credentials);
};

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException | undefined)?.code ?? 'unknown';

export interface MqttTarget {
  readonly filter: string;
  readonly settings: MqttSettings;
}

/**
 * Reads the files that a checked address names. Without a `session` of ours the broker forgets us when we go, and
 * the client identifier is drawn anew.
 */
export const mqttTarget = async (
  given: URL,
  { scheme, defaultPort }: MqttScheme,
  drawn: string,
): Promise<Result<MqttTarget>> => {
  const address = unhashed(given);
  const option = (name: (typeof OPTIONS)[number]): string | undefined =>
    address.searchParams.get(name) ?? undefined;
  let reading = '';
  const read = async (file: string): Promise<Uint8Array> => {
    reading = file;
    return await readFile(file);
  };
  try {
    const [credentialsFile, ca, cert, key] = FILE_OPTIONS.map(option);
    reading = credentialsFile ?? '';
    const credentials =
      credentialsFile === undefined ? ok(undefined) : await readCredentials(credentialsFile);
    if (!credentials.ok) return credentials;
    const tls = {
      ...(ca === undefined ? {} : { ca: await read(ca) }),
      ...(cert === undefined || key === undefined ? {} : { cert: await read(cert), key: await read(key) }),
    };
    const path = scheme.startsWith('ws') ? (option('path') ?? '/mqtt') : '';
    const session = option('session');
    return ok({
      filter: filterOf(address) ?? '',
      settings: {
        address: `${scheme}://${address.hostname}:${address.port === '' ? defaultPort : address.port}${path}`,
        version: option('version') === '5' ? '5' : '3.1.1',
        clientId: session ?? drawn,
        cleanSession: session === undefined,
        tls,
        ...(credentials.value === undefined ? {} : { credentials: credentials.value }),
      },
    });
  } catch (error) {
    return fail(fault('misconfigured', 'mqtt.file', reading, `cannot be read (${codeOf(error)}).`));
  }
};
