import { dimoWire } from '@outpost/gateway';
import { asciiBytes } from '@outpost/schemas/words';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, type DimoRig, keepAlive, openDimoRig, type Said } from './rig.ts';
import { event, moment, named } from './testing.ts';

const KEY = dimoWire.dimoKeyOf(new Uint8Array(32).fill(11));
const sign = (data: string): string => KEY.sign(dimoWire.erc191Digest(asciiBytes(data)));
const attested = (
  over: Readonly<Record<string, unknown>> = {},
  data: unknown = { insured: true },
): string => {
  const signature = sign(JSON.stringify(data));
  return event(data, { type: 'dimo.attestation', source: KEY.address, signature, ...over });
};
const ODD = attested().replace('"data":{', '"data":{ ');
const base64 = (over: Readonly<Record<string, unknown>>) => {
  const text = btoa('{"a":1}');
  return event(undefined, {
    type: 'dimo.raw.insurance',
    source: KEY.address,
    data_base64: text,
    datacontenttype: 'application/json',
    ...over,
  });
};

type Attested = readonly [what: string, body: string, dis: number, din: number, words?: string];

const ATTESTATIONS: readonly Attested[] = [
  ['a signed attestation', attested(), 200, 200],
  ['one of a raw type', attested({ type: 'dimo.raw.insurance' }), 200, 200],
  ['one of a document', attested({ type: 'dimo.document.vehicle.registration' }), 200, 200],
  ['one of a status', attested({ type: 'dimo.status' }), 400, 400, 'not allowed'],
  ['without a source: whose token it is', attested({ source: undefined }), 400, 400, 'signature'],
  ['a source that is no address', attested({ source: 'somebody' }), 400, 400, 'address'],
  ['a source in small letters', attested({ source: KEY.address.toLowerCase() }), 200, 200],
  ['data that was changed by a blank', ODD, 400, 400, 'signature'],
  [
    'v of 0 for 27',
    attested({ signature: sign('{"insured":true}').replace(/1[bc]$/, '00') }),
    400,
    400,
    'signature',
  ],
  ['no signature', attested({ signature: undefined }), 400, 400, 'signature'],
  ['5 min 1 s ahead', attested({ time: moment(301) }), 400, 400, 'future'],
  ['4 min 59 s ahead', attested({ time: moment(299) }), 200, 200],
  [
    'the old form of a DID',
    attested({ subject: 'did:nft:137:0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF_33' }),
    400,
    400,
    'DID',
  ],
  ['about an address', attested({ subject: `did:ethr:137:${KEY.address}` }), 200, 200],
  ['a producer that is an address', attested({ producer: KEY.address }), 200, 200],
  ['a producer that is a path: nobody looks', attested({ producer: '../etc' }), 200, 200],
  ['no type: an attestation', attested({ type: undefined }), 200, 200],
  ['about a currency', attested({ subject: `did:erc20:137:${KEY.address}` }), 400, 400, 'DID'],
  ['an address without its 0x', attested({ source: KEY.address.slice(2) }), 200, 200],
  ['tags of many bytes', attested({ tags: ['vehicle'.repeat(1_200)] }), 400, 400, '8192'],
  ['a tombstone', attested({ type: 'dimo.tombstone' }, { voidsId: 'a', reason: 'wrong car' }), 200, 200],
  [
    'a tombstone of nothing',
    attested({ type: 'dimo.tombstone' }, { reason: 'wrong car' }),
    400,
    400,
    'voidsId',
  ],
  [
    'a tombstone of an id with a plus',
    attested({ type: 'dimo.tombstone' }, { voidsId: 'a+b' }),
    400,
    400,
    'invalid characters',
  ],
  [
    'a tombstone with 513 bytes of reason',
    attested({ type: 'dimo.tombstone' }, { voidsId: 'a', reason: 'r'.repeat(513) }),
    400,
    400,
    'too long',
  ],
  ['base64, signed as the older node reads it', base64({ signature: sign('{"a":1}') }), 200, 400],
  ['base64, signed as the newer node reads it', base64({ signature: sign(btoa('{"a":1}')) }), 400, 200],
  ['base64 without its type', base64({ datacontenttype: undefined }), 400, 400, 'datacontenttype'],
];

describe.each(['dis', 'din'] as const)('the attestation port of %s', (node) => {
  let rig: DimoRig;
  const agent = keepAlive();
  let token = '';
  beforeAll(async () => {
    rig = await openDimoRig({ node });
    const form = (members: Readonly<Record<string, string>>) =>
      new URLSearchParams({ client_id: 'c', domain: 'd', ...members }).toString();
    const at = async (path: string, body: string) =>
      JSON.parse((await call(rig.served.loginUrl, body, { ca: rig.root.certificate, path })).words) as Record<
        string,
        string
      >;
    const { state = '', challenge = '' } = await at(
      '/auth/web3/generate_challenge',
      form({ address: rig.key.address, response_type: 'code', scope: 'openid email' }),
    );
    const signature = rig.key.sign(dimoWire.erc191Digest(asciiBytes(challenge)));
    const given = await at(
      '/auth/web3/submit_challenge',
      form({ grant_type: 'authorization_code', state, signature }),
    );
    token = given['access_token'] ?? '';
  });
  afterAll(async () => {
    agent.destroy();
    await rig[Symbol.asyncDispose]();
  });
  const post = (body: string, as = token): Promise<Said> =>
    call(rig.served.attestationUrl, body, { ca: rig.root.certificate, token: as, agent });

  it.each(named(ATTESTATIONS))('$what', async ({ row: [, body, dis, din, words = ''] }) => {
    const before = rig.served.status().stored;
    const said = await post(body);
    expect(said.status, said.words).toBe(node === 'dis' ? dis : din);
    expect(rig.served.status().stored - before).toBe(Number(said.status === 200));
    if (said.status === 400) expect(said.words).toContain(words);
  });

  it('lets nobody in without a token of the login', async () => {
    expect((await post(attested(), 'a.b.c')).status).toBe(401);
    expect((await post(attested(), '')).status).toBe(401);
  });
});
