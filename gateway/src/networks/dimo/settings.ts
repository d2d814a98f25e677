import { fail, fault, isDeviceName, ok, type Result } from '@outpost/schemas/words';
import type { NetworkSettings } from '../contract.ts';
import { checkWebAddress } from '../web-address.ts';
import { CLAIM_KINDS, type ClaimKind } from './claims.ts';

/** Contracts of DIMO on a chain (DIMO-Network/dimo-identity, scripts/data/addresses.json). */
export interface Chain {
  readonly id: number;
  readonly vehicle: string;
  readonly aftermarketDevice: string;
  readonly syntheticDevice: string;
}

export const CHAINS: Readonly<Record<'polygon' | 'amoy', Chain>> = {
  polygon: {
    id: 137,
    vehicle: '0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF',
    aftermarketDevice: '0x9c94C395cBcBDe662235E0A9d3bB87Ad708561BA',
    syntheticDevice: '0x4804e8D1661cd1a1e5dDdE1ff458A7f878c0aC6D',
  },
  amoy: {
    id: 80_002,
    vehicle: '0x45fbCD3ef7361d156e8b16F5538AE36DEdf61Da8',
    aftermarketDevice: '0x325b45949C833986bC98e98a49F3CA5C5c4643B5',
    syntheticDevice: '0x78513c8CB4D6B6079f813850376bc9c7fc8aE67f',
  },
};

/** `dis`, the older ingest, answers once it has decoded; `din`, its announced successor, once it has it in its log. */
export type NodeKind = 'din' | 'dis';

export interface Profile {
  /** Where it says nothing itself. */
  readonly busyMs: number;
  readonly perSecondMax: number;
  /** What 200 means. */
  readonly settled: string;
}

export const PROFILES: Readonly<Record<NodeKind, Profile>> = {
  // Its reverse proxy lets 50 requests a second through.
  dis: { busyMs: 1_000, perSecondMax: 40, settled: 'stored and decoded' },
  din: { busyMs: 5_000, perSecondMax: 40, settled: 'in its log, to be decoded' },
};

/** What a device of ours is at DIMO. */
export interface Vehicle {
  readonly token: number;
  /** What DIMO has minted for whoever sends: a device of hardware, or one that stands for a connection. */
  readonly producer: { readonly kind: 'device' | 'synthetic'; readonly token: number } | undefined;
}

export interface LoginSettings {
  readonly url: URL;
  /** As DIMO's developer console gives it. */
  readonly clientId: string;
  readonly domain: string;
  /** Where certificates are signed (step-ca); undefined where files are given. */
  readonly ca: URL | undefined;
}

export type CertificateSettings =
  | { readonly by: 'files'; readonly certificate: string; readonly key: string }
  | { readonly by: 'login'; readonly login: LoginSettings; readonly ca: URL };

export interface DimoSettings {
  readonly name: string;
  readonly url: URL;
  readonly node: NodeKind;
  readonly chain: Chain;
  readonly vehicles: ReadonlyMap<string, Vehicle>;
  readonly positions: boolean;
  /** Whether harsh braking and the like are told. */
  readonly events: boolean;
  readonly gzip: boolean;
  readonly certificate: CertificateSettings;
  /** PEM file with the authorities to believe servers by; the machine's own where undefined. */
  readonly authority: string | undefined;
  /** Undefined where nothing is attested, which is the default. */
  readonly attest:
    | { readonly url: URL; readonly kinds: ReadonlySet<ClaimKind>; readonly login: LoginSettings }
    | undefined;
}

type Options = Readonly<Record<string, unknown>>;

const KNOWN = [
  'vehicles',
  'node',
  'chain',
  'positions',
  'events',
  'gzip',
  'certificate',
  'login',
  'authority',
  'attest',
];
const VEHICLES_MAX = 64;

const isOptions = (value: unknown): value is Options =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isToken = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

type Wrong = (what: string, words: string) => Result<never>;

const strangerIn = (value: Options, known: readonly string[]): string | undefined =>
  Object.keys(value).find((name) => !known.includes(name));

const checkVehicle = (value: unknown): Vehicle | undefined => {
  if (isToken(value)) return { token: value, producer: undefined };
  if (!isOptions(value) || strangerIn(value, ['token', 'device', 'synthetic']) !== undefined)
    return undefined;
  const { token, device, synthetic } = value;
  if (!isToken(token) || (device !== undefined && synthetic !== undefined)) return undefined;
  if (device === undefined && synthetic === undefined) return { token, producer: undefined };
  const minted = device ?? synthetic;
  if (!isToken(minted)) return undefined;
  return { token, producer: { kind: device === undefined ? 'synthetic' : 'device', token: minted } };
};

const checkVehicles = (value: unknown, wrong: Wrong): Result<ReadonlyMap<string, Vehicle>> => {
  const form =
    'must name the token of each vehicle by the name of its device here, as {"car": 12345}, or with the token of what DIMO minted for the sender, {"car": {"token": 12345, "synthetic": 678}} or "device".';
  if (!isOptions(value)) return wrong('options.vehicles', form);
  const entries = Object.entries(value);
  if (entries.length === 0 || entries.length > VEHICLES_MAX) return wrong('options.vehicles', form);
  const vehicles = new Map<string, Vehicle>();
  for (const [name, each] of entries) {
    const vehicle = checkVehicle(each);
    if (vehicle === undefined || !isDeviceName(name)) return wrong(`options.vehicles.${name}`, form);
    vehicles.set(name, vehicle);
  }
  return ok(vehicles);
};

const address = (value: unknown, what: string, wrong: Wrong): Result<URL> => {
  const checked = checkWebAddress(isText(value) ? value : '');
  return checked.ok ? checked : wrong(what, checked.fault.words);
};

const checkLogin = (value: unknown, wrong: Wrong): Result<LoginSettings | undefined> => {
  if (value === undefined) return ok(undefined);
  const form =
    'must have url, clientId and domain as DIMO’s developer console gives them, and ca where certificates come from it.';
  if (!isOptions(value) || strangerIn(value, ['url', 'clientId', 'domain', 'ca']) !== undefined)
    return wrong('options.login', form);
  const { clientId, domain } = value;
  if (!isText(clientId) || !isText(domain)) return wrong('options.login', form);
  const url = address(value['url'], 'options.login.url', wrong);
  if (!url.ok) return url;
  if (value['ca'] === undefined) return ok({ url: url.value, clientId, domain, ca: undefined });
  const ca = address(value['ca'], 'options.login.ca', wrong);
  return ca.ok ? ok({ url: url.value, clientId, domain, ca: ca.value }) : ca;
};

const checkCertificate = (
  value: unknown,
  login: LoginSettings | undefined,
  wrong: Wrong,
): Result<CertificateSettings> => {
  if (value === undefined) {
    if (login?.ca !== undefined) return ok({ by: 'login', login, ca: login.ca });
    return wrong(
      'options.certificate',
      'is missing: DIMO lets in only who shows a certificate of its own authority. Give {"file", "key"} as its staff hand them out, or options.login with ca.',
    );
  }
  if (!isOptions(value) || strangerIn(value, ['file', 'key']) !== undefined)
    return wrong('options.certificate', 'must have file and key, paths of PEM files.');
  const { file, key } = value;
  return isText(file) && isText(key)
    ? ok({ by: 'files', certificate: file, key })
    : wrong('options.certificate', 'must have file and key, paths of PEM files.');
};

const checkAttest = (
  value: unknown,
  login: LoginSettings | undefined,
  wrong: Wrong,
): Result<DimoSettings['attest']> => {
  if (value === undefined) return ok(undefined);
  if (!isOptions(value) || strangerIn(value, ['url', 'kinds']) !== undefined)
    return wrong('options.attest', 'must have url, and kinds where not all of them are wanted.');
  if (login === undefined)
    return wrong('options.attest', 'needs options.login: attestations are posted with a token.');
  const url = address(value['url'], 'options.attest.url', wrong);
  if (!url.ok) return url;
  const kinds = value['kinds'] ?? CLAIM_KINDS;
  const isKind = (kind: unknown): kind is ClaimKind => CLAIM_KINDS.includes(kind as ClaimKind);
  if (!Array.isArray(kinds) || kinds.length === 0 || !kinds.every(isKind))
    return wrong('options.attest.kinds', `must be a list out of ${CLAIM_KINDS.join(', ')}.`);
  return ok({ url: url.value, kinds: new Set(kinds), login });
};

const checkPlain = (
  { node = 'din', chain = 'polygon', positions = true, events = true, gzip = false, authority }: Options,
  wrong: Wrong,
) => {
  if (node !== 'din' && node !== 'dis') return wrong('options.node', 'must be din or dis.');
  if (chain !== 'polygon' && chain !== 'amoy') return wrong('options.chain', 'must be polygon or amoy.');
  if (typeof positions !== 'boolean') return wrong('options.positions', 'must be true or false.');
  if (typeof events !== 'boolean') return wrong('options.events', 'must be true or false.');
  if (typeof gzip !== 'boolean') return wrong('options.gzip', 'must be true or false.');
  if (authority !== undefined && !isText(authority))
    return wrong('options.authority', 'must be the path of a PEM file.');
  return ok({ node, chain: CHAINS[chain], positions, events, gzip, authority } as const);
};

/** Everything that can be said of the settings without touching anything; faults are `misconfigured`. */
export const checkSettings = ({ name, url, key, options }: NetworkSettings): Result<DimoSettings> => {
  const wrong: Wrong = (what, words) =>
    fail(fault('misconfigured', 'dimo.settings', `network ${name}, ${what}`, words));
  if (key !== undefined) return wrong('key', 'DIMO signs no receipts, so it has no key here.');
  const stranger = strangerIn(options, KNOWN);
  if (stranger !== undefined)
    return wrong(`options.${stranger}`, `is no option; there are ${KNOWN.join(', ')}.`);
  const where = address(url, 'url', wrong);
  if (!where.ok) return where;
  if (where.value.protocol !== 'https:')
    return wrong('url', 'must be https: DIMO knows who sends by a certificate of the connection.');
  const plain = checkPlain(options, wrong);
  if (!plain.ok) return plain;
  const vehicles = checkVehicles(options['vehicles'], wrong);
  if (!vehicles.ok) return vehicles;
  const login = checkLogin(options['login'], wrong);
  if (!login.ok) return login;
  const certificate = checkCertificate(options['certificate'], login.value, wrong);
  if (!certificate.ok) return certificate;
  const attest = checkAttest(options['attest'], login.value, wrong);
  if (!attest.ok) return attest;
  return ok({
    name,
    url: where.value,
    ...plain.value,
    vehicles: vehicles.value,
    certificate: certificate.value,
    attest: attest.value,
  });
};
