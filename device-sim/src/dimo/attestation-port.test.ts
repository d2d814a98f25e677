import { readFileSync } from 'node:fs';
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

/** The attestation of DIMO's own tests (DIMO-Network/dis, "successful attestation"), signed by a key of theirs. */
const [SIGNED] = (
  JSON.parse(
    readFileSync(
      new URL('../../../gateway/src/networks/dimo/vectors/signatures.json', import.meta.url),
      'utf8',
    ),
  ) as { readonly erc191: readonly { data: string; signature: string; address: string }[] }
).erc191;
const VECTOR = JSON.stringify({
  id: 'unique-attestation-id-1',
  source: SIGNED?.address,
  producer: 'did:erc721:80002:0x45fbCD3ef7361d156e8b16F5538AE36DEdf61Da8:1005',
  specversion: '1.0',
  subject: 'did:erc721:80002:0x45fbCD3ef7361d156e8b16F5538AE36DEdf61Da8:1005',
  time: '2025-04-15T20:00:00Z',
  type: 'dimo.attestation',
  signature: `0x${SIGNED?.signature ?? ''}`,
  data: 0,
}).replace('"data":0', `"data":${SIGNED?.data ?? ''}`);

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
  ['base64 of HTML', base64({ datacontenttype: 'text/html' }), 400, 400, 'datacontenttype'],
  ...['image/png', 'image/jpeg', 'application/pdf'].map(
    (datacontenttype): Attested => [
      `base64 of ${datacontenttype}`,
      base64({ datacontenttype, signature: sign('{"a":1}') }),
      200,
      400,
      'signature',
    ],
  ),
  ['data that says that it is JSON', attested({ datacontenttype: 'application/json' }), 200, 200],
  ['data that says that it is an image', attested({ datacontenttype: 'image/png' }), 400, 400, 'must be'],
  ['a raw type of nothing', attested({ type: 'dimo.raw.' }), 400, 400, 'not allowed'],
  ['a type that only begins like one', attested({ type: 'dimo.attestations' }), 400, 400, 'not allowed'],
  [
    'many small tags',
    attested({ tags: Array.from({ length: 900 }, (_, at) => `tag-${at}-xx`) }),
    400,
    400,
    '8192',
  ],
  ['tags just under the limit', attested({ tags: ['t'.repeat(7_000)] }), 200, 200],
  ['an extra over the limit', attested({ extra: 'e'.repeat(8_200) }), 400, 400, '8192'],
  ['a tombstone without a reason', attested({ type: 'dimo.tombstone' }, { voidsId: 'a' }), 200, 200],
  ['a tombstone of an empty id', attested({ type: 'dimo.tombstone' }, { voidsId: '' }), 400, 400, 'voidsId'],
  ['a tombstone that is a list', attested({ type: 'dimo.tombstone' }, ['a']), 400, 400, 'voidsId'],
  ['a tombstone that is null', attested({ type: 'dimo.tombstone' }, null), 400, 400, 'voidsId'],
  ['what DIMO’s own test posts, byte for byte', VECTOR, 200, 200],
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

  it('takes the holder of the token for the source where none is named', async () => {
    const data = { insured: true };
    const signature = rig.key.sign(dimoWire.erc191Digest(asciiBytes(JSON.stringify(data))));
    const body = event(data, { type: 'dimo.attestation', source: undefined, signature });
    expect((await post(body)).status).toBe(200);
    const last = [...rig.served.shelf.events.values()].at(-1);
    expect(last?.source).toBe(rig.key.address);
  });

  it('lets nobody in without a token of the login', async () => {
    expect((await post(attested(), 'a.b.c')).status).toBe(401);
    expect((await post(attested(), '')).status).toBe(401);
  });
});
