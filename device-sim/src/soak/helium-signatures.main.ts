/**
 * Signatures of random messages to Helium, zero fields among them, beside a verifier that shares no code with the
 * encoder: takes each message apart, clears the signature, puts the rest together canonically, and verifies that.
 *
 *     npm run soak -- helium-signatures [--count 1000000] [--seed 1]
 *
 * Prints one JSON object. Exits with 1 where a signature does not hold.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { parseArgs } from 'node:util';
import {
  clearedEncoding,
  encodeSigned,
  type Message,
  SIGNED,
  type SignedLayout,
} from '@outpost/gateway/helium';

const { values } = parseArgs({
  options: { count: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
});
const count = Number(values.count);

/** Numbers from 0 to below 2^32 that a seed repeats (xorshift32). */
const dice = (seed: number): (() => number) => {
  let state = (Math.imul(seed, 0x9e3779b1) | 1) >>> 0;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
};
const roll = dice(Number(values.seed));

const bytes = (): Uint8Array =>
  Uint8Array.from({ length: roll() % 4 === 0 ? 0 : roll() % 200 }, () => roll());
const signed32 = (): number => roll() | 0;
const RANDOM: Readonly<Record<string, () => Uint8Array | bigint | number | boolean>> = {
  bytes,
  uint64: () => (BigInt(roll()) << 32n) | BigInt(roll()),
  uint32: roll,
  int32: signed32,
  sint32: signed32,
  float: () => Math.fround(signed32() / 1_024),
  bool: () => roll() % 2 === 0,
};
const ZERO: Readonly<Record<string, Uint8Array | bigint | number | boolean>> = {
  bytes: new Uint8Array(0),
  uint64: 0n,
  uint32: 0,
  int32: 0,
  sint32: 0,
  float: -0,
  bool: false,
};

const pair = generateKeyPairSync('ed25519');
const privateKey = createPrivateKey(pair.privateKey.export({ format: 'pem', type: 'pkcs8' }));
const publicKey = createPublicKey(pair.publicKey.export({ format: 'pem', type: 'spki' }));
const layouts = Object.entries(SIGNED) as readonly (readonly [string, SignedLayout])[];
const report = {
  messages: 0,
  zeroFields: 0,
  rejected: 0,
  byMessage: {} as Record<string, number>,
  seconds: 0,
};
const from = performance.now();

for (let i = 0; i < count; i += 1) {
  const [name, layout] = layouts[i % layouts.length] ?? ['', undefined];
  if (layout === undefined) throw new Error('no layout');
  const message: Record<string, unknown> = {};
  for (const [field, { type }] of Object.entries(layout)) {
    const isZero = roll() % 3 === 0;
    report.zeroFields += isZero ? 1 : 0;
    message[field] = isZero ? ZERO[type] : RANDOM[type]?.();
  }
  const wire = encodeSigned(layout, message as Message<SignedLayout>, (each) =>
    Uint8Array.from(sign(null, each, privateKey)),
  );
  const cleared = clearedEncoding(wire, layout.signature.number);
  const holds = cleared !== undefined && verify(null, cleared.signed, publicKey, cleared.signature);
  report.messages += 1;
  report.rejected += holds ? 0 : 1;
  report.byMessage[name] = (report.byMessage[name] ?? 0) + 1;
}
report.seconds = Math.round((performance.now() - from) / 1_000);
process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
process.exitCode = report.rejected === 0 && report.messages === count ? 0 : 1;
