import { encode, encodeChoice, encodeSigned, SESSION_INIT, WITNESS_REPORT } from '@outpost/gateway/helium';
import { encodeRequest, STREAM_PATH } from '@outpost/gateway/helium-coverage';
import { concatBytes } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import {
  beaconOf,
  type CoverageBench,
  openCoverageBench,
  signedBeacon,
  signedWitness,
  witnessOf,
} from './coverage-testing.ts';
import { until } from './raw-client.ts';
import { newSigner } from './testing.ts';

type Act = (bench: CoverageBench) => Promise<string>;
type Case = readonly [what: string, expected: string, act: Act];

const GOOD: ReadonlySet<string> = new Set(['session', 'beacon', 'witness', 'dropped']);

/** The judgement of a case on services of its own; said beside it where the stream is not as that should leave it. */
const judgementOf = async (act: Act): Promise<string> => {
  await using bench = await openCoverageBench();
  const said = await act(bench);
  if (!GOOD.has(said)) await until('the stream is over', () => bench.stream.isOver);
  return bench.stream.isOver === GOOD.has(said) ? `${said}, and the stream is otherwise` : said;
};

const initiating =
  (change: (bench: CoverageBench) => Parameters<CoverageBench['init']>[0]): Act =>
  async (bench) =>
    await bench.judged('sessionInit', await bench.init(change(bench)));

const by = (signer: ReturnType<typeof newSigner>): Act =>
  initiating(() => ({ gateway: signer.key, by: signer }));

const SESSIONS: readonly Case[] = [
  ['of an Ed25519 key', 'session', by(newSigner())],
  ['of a P-256 key', 'session', by(newSigner('ecc-compact'))],
  ['of a secp256k1 key', 'session', by(newSigner('secp256k1'))],
  [
    'with a session key of another kind',
    'session',
    initiating(() => ({ sessionKey: newSigner('secp256k1').key })),
  ],
  ['of a key of testnet', 'invalid_network', by(newSigner('ed25519', 'testnet'))],
  ['of no key at all', 'invalid_public_key', initiating(() => ({ gateway: new Uint8Array(33).fill(9) }))],
  ['signed by the session key', 'invalid_signature', initiating(({ session }) => ({ by: session }))],
  ['with another nonce', 'invalid_nonce', initiating(() => ({ nonce: new Uint8Array(32) }))],
  ['without a nonce', 'invalid_nonce', initiating(() => ({ nonce: new Uint8Array(0) }))],
  [
    'with a session key that is none',
    'invalid_session_key',
    initiating(() => ({ sessionKey: Uint8Array.of(1) })),
  ],
  [
    'a second time',
    'invalid_nonce',
    async (bench) => {
      await bench.begin();
      return await bench.judged('sessionInit', await bench.init());
    },
  ],
  ['that is bent', 'bad_request', (bench) => bench.judged('sessionInit', Uint8Array.of(0x0a, 0xff))],
  ['in an empty envelope', 'bad_request', (bench) => bench.judgedRaw(new Uint8Array(0))],
  [
    'too late',
    'timed_out',
    async (bench) => {
      await bench.offer();
      await bench.clock.advance(5_001);
      await until('it is over', () => bench.stream.isOver);
      return [...bench.served.ingest.core.tally.stopped.keys()].join();
    },
  ],
];

const reporting =
  (
    report: (bench: CoverageBench) => Uint8Array,
    kind: 'beaconReport' | 'witnessReport' = 'witnessReport',
  ): Act =>
  async (bench) => {
    await bench.begin();
    return await bench.judged(kind, report(bench));
  };

/** A witness whose `tmst` of zero is written out. */
const padded = ({ gateway, session }: CoverageBench, isSigned: boolean): Uint8Array => {
  const message = witnessOf(gateway.key, { tmst: 0 });
  const bare = encode(WITNESS_REPORT, message);
  const written = concatBytes(bare, Uint8Array.of(0x28, 0x00));
  const signature = session.sign(isSigned ? written : bare);
  return concatBytes(written, encodeChoice(WITNESS_REPORT.signature.number, signature));
};
const REPORTS: readonly Case[] = [
  ['a witness', 'witness', reporting((b) => signedWitness(witnessOf(b.gateway.key), b.session))],
  [
    'a witness of zeros',
    'witness',
    reporting((b) => signedWitness(witnessOf(b.gateway.key, { tmst: 0, signal: 0, snr: 0 }), b.session)),
  ],
  ['a beacon', 'beacon', reporting((b) => signedBeacon(beaconOf(b.gateway.key), b.session), 'beaconReport')],
  [
    'a beacon whose count stands behind its signature',
    'beacon',
    reporting((b) => signedBeacon(beaconOf(b.gateway.key, { tmst: 77 }), b.session), 'beaconReport'),
  ],
  ['a zero written out and not signed', 'witness', reporting((b) => padded(b, false))],
  ['a zero written out and signed', 'invalid_signature', reporting((b) => padded(b, true))],
  [
    'a witness signed by the gateway',
    'invalid_signature',
    reporting((b) => signedWitness(witnessOf(b.gateway.key), b.gateway)),
  ],
  [
    'a beacon signed by the gateway',
    'invalid_signature',
    reporting((b) => signedBeacon(beaconOf(b.gateway.key), b.gateway), 'beaconReport'),
  ],
  [
    'a witness of another gateway',
    'incorrect_pub_key',
    reporting((b) => signedWitness(witnessOf(newSigner().key), b.session)),
  ],
  [
    'a beacon of another gateway',
    'incorrect_pub_key',
    reporting((b) => signedBeacon(beaconOf(newSigner().key), b.session), 'beaconReport'),
  ],
  [
    'a witness with a changed signal',
    'invalid_signature',
    reporting((b) =>
      signedWitness(witnessOf(b.gateway.key), b.session).map((byte, i) => (i === 90 ? byte ^ 1 : byte)),
    ),
  ],
  ['bent bytes', 'bad_request', reporting(() => Uint8Array.of(0x12, 0x7f, 1))],
  [
    'a witness before the session',
    'no_session',
    async (b) => {
      await b.offer();
      return await b.judged('witnessReport', signedWitness(witnessOf(b.gateway.key), b.session));
    },
  ],
  [
    'a witness again, which is for the oracle to notice',
    'witness',
    async (b) => {
      await b.begin();
      const report = signedWitness(witnessOf(b.gateway.key), b.session);
      await b.judged('witnessReport', report);
      return await b.judged('witnessReport', report);
    },
  ],
  [
    'a witness to a service that was retired',
    'dropped',
    async (b) => {
      b.served.ingest.core.isRetired = true;
      await b.begin();
      return await b.judged('witnessReport', signedWitness(witnessOf(b.gateway.key), b.session));
    },
  ],
  [
    'a wrong witness to a service that was retired',
    'invalid_signature',
    async (b) => {
      b.served.ingest.core.isRetired = true;
      await b.begin();
      return await b.judged('witnessReport', signedWitness(witnessOf(b.gateway.key), b.gateway));
    },
  ],
];

describe('the ingest service', () => {
  it.each(SESSIONS)('judges a session init %s as %s', async (_, expected, act) => {
    expect(await judgementOf(act)).toBe(expected);
  });

  it.each(REPORTS)('judges %s as %s', async (_, expected, act) => {
    expect(await judgementOf(act)).toBe(expected);
  });

  it('ends a session after 30 minutes, in peace', async () => {
    await using bench = await openCoverageBench();
    await bench.begin();
    await bench.clock.advance(30 * 60_000 - 1);
    expect(bench.stream.isOver).toBe(false);
    await bench.clock.advance(2);
    await until('it is over', () => bench.stream.status !== undefined);
    expect(bench.stream.status).toBe('0');
  });

  it('offers another nonce on each stream', async () => {
    await using bench = await openCoverageBench();
    const first = await bench.offer();
    const second = bench.client.open(STREAM_PATH);
    second.say(
      encodeRequest(
        'sessionInit',
        encodeSigned(
          SESSION_INIT,
          {
            gateway: bench.gateway.key,
            nonce: first,
            sessionKey: bench.session.key,
            signature: new Uint8Array(0),
          },
          bench.gateway.sign,
        ),
      ),
    );
    await until('it is over', () => second.isOver);
    expect(bench.served.ingest.core.tally.stopped.get('invalid_nonce')).toBe(1);
  });
});
