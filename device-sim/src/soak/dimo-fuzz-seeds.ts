import { dimoWire, issuePair, type KeyAndCertificate, newAuthority } from '@outpost/gateway';
import type { Body, Epoch, WallNs } from '@outpost/schemas/words';
import { deliverAll, number, openPlayground } from '../dimo/playground.ts';
import { LICENCE, RIG_START_NS } from '../dimo/rig.ts';

/** Sound texts of every kind that comes from outside, before they are spoiled. */
export interface DimoFuzzSeeds {
  /** Events as the node stored them, each as the gateway sent it. */
  readonly events: readonly string[];
  readonly address: string;
  readonly binding: string;
  readonly pair: KeyAndCertificate;
  readonly source: string;
  readonly weeks: string;
}

const base64Url = (text: string): string => btoa(text).replaceAll('=', '');

export const TOKEN = `${base64Url('{"alg":"RS256"}')}.${base64Url('{"iat":1800000000,"exp":1800003600}')}.c2ln`;
export const TOKEN_ANSWER = JSON.stringify({ access_token: TOKEN, token_type: 'bearer', expires_in: 3_600 });
export const CHALLENGE_ANSWER = JSON.stringify({
  state: 'a1b2c3',
  challenge: 'please sign 0123456789abcdef',
});
export const SETTINGS = JSON.stringify({
  vehicles: { car: 33, van: { token: 34, synthetic: 7 } },
  node: 'din',
  chain: 'polygon',
  positions: true,
  events: true,
  gzip: false,
  certificate: { file: '/a.pem', key: '/b.pem' },
  login: {
    url: 'https://auth.dimo.zone',
    clientId: 'c',
    domain: 'https://d',
    ca: 'https://ca.dimo.zone',
  },
  attest: { url: 'https://attest.dimo.zone', kinds: ['odometer', 'trip', 'health', 'vin'] },
});

const TRIP: Body = {
  kind: 'trip',
  start: { epoch: new Uint8Array(16) as Epoch, sequence: 0, wall: RIG_START_NS as WallNs },
  startedBy: 'movement',
  end: { epoch: new Uint8Array(16) as Epoch, sequence: 9, wall: RIG_START_NS as WallNs },
  endedBy: 'engine-off',
  distanceM: 1_200,
  fuelMl: undefined,
  energyWh: undefined,
  odometerStartM: undefined,
  odometerEndM: undefined,
};
const BODIES: readonly Body[] = [
  number(1, 72),
  number(21, 569_922),
  { kind: 'identity', of: 'vin', text: '1HGBH41JXMN109186', ecu: 0x7e8 },
  { kind: 'codes', status: 'stored', codes: ['P0420'], ecu: 0x7e8 },
  TRIP,
  number(1, 10),
];

/** Sends one batch of everything through a gateway's end to a node, and takes what arrived. */
export const newDimoSeeds = async (): Promise<DimoFuzzSeeds> => {
  await using playground = await openPlayground({ node: 'dis' });
  const { rig, clock, delivery } = playground;
  const login = { url: rig.served.loginUrl, clientId: 'client', domain: 'https://outpost.example' };
  const network = await rig.network({ login, attest: { url: rig.served.attestationUrl } });
  const item = await delivery(BODIES, 'ntp', 1_000);
  await deliverAll(network, clock, [item]);
  const binding = dimoWire.sealBinding(rig.key, rig.box.ring.gateway());
  const did = 'did:erc721:137:0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF:33';
  const course = {
    fromWeek: 250,
    before: { connected: 20, disconnected: 1 },
    active: [251, 252, 258],
    lastSignalAt: String(RIG_START_NS),
  };
  return {
    events: [...new Set([...rig.served.shelf.events.values()].map(({ text }) => text))],
    address: rig.key.address,
    binding: JSON.stringify(binding),
    pair: await issuePair(await newAuthority(), { kind: 'device', name: LICENCE }),
    source: LICENCE,
    weeks: JSON.stringify({ [did]: course }),
  };
};
