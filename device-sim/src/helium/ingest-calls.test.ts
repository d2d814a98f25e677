import { decode } from '@outpost/gateway/helium';
import {
  ENTROPY_PATH,
  ENTROPY_REPORT,
  SUBMIT_BEACON_PATH,
  SUBMIT_WITNESS_PATH,
} from '@outpost/gateway/helium-coverage';
import { describe, expect, it } from 'vitest';
import {
  beaconOf,
  type CoverageBench,
  openCoverageBench,
  signedBeacon,
  signedWitness,
  witnessOf,
} from './coverage-testing.ts';
import { rawClient, until } from './raw-client.ts';
import { newSigner } from './testing.ts';

const single = async (path: string, message: (bench: CoverageBench) => Uint8Array, isRetired = false) => {
  await using bench = await openCoverageBench();
  bench.served.ingest.core.isRetired = isRetired;
  const call = bench.client.open(path);
  call.say(message(bench));
  call.end();
  await until('it is answered', () => call.status !== undefined);
  return call.status;
};

describe('the ingest service, asked without a session', () => {
  it.each([
    [
      'of the gateway',
      '0',
      SUBMIT_WITNESS_PATH,
      (b: CoverageBench) => signedWitness(witnessOf(b.gateway.key), b.gateway),
      false,
    ],
    [
      'of the gateway',
      '0',
      SUBMIT_BEACON_PATH,
      (b: CoverageBench) => signedBeacon(beaconOf(b.gateway.key), b.gateway),
      false,
    ],
    [
      'signed by another',
      '3',
      SUBMIT_WITNESS_PATH,
      (b: CoverageBench) => signedWitness(witnessOf(b.gateway.key), b.session),
      false,
    ],
    [
      'signed by another, once retired',
      '0',
      SUBMIT_WITNESS_PATH,
      (b: CoverageBench) => signedWitness(witnessOf(b.gateway.key), b.session),
      true,
    ],
    [
      'of testnet',
      '3',
      SUBMIT_WITNESS_PATH,
      () => signedWitness(witnessOf(newSigner('ed25519', 'testnet').key), newSigner()),
      false,
    ],
    [
      'of no key',
      '3',
      SUBMIT_BEACON_PATH,
      (b: CoverageBench) => signedBeacon(beaconOf(Uint8Array.of(7)), b.gateway),
      false,
    ],
  ] as const)('answers a single report %s with status %s', async (_, status, path, message, isRetired) => {
    expect(await single(path, message, isRetired)).toBe(status);
  });
});

describe('the entropy service', () => {
  it.each([
    ['good', 32],
    ['retired', 0],
    ['too-long', 4_096],
  ] as const)('gives entropy that is %s', async (mode, length) => {
    await using bench = await openCoverageBench();
    bench.served.entropy.core.mode = mode;
    using client = rawClient(bench.served.entropy.url);
    const call = client.open(ENTROPY_PATH);
    call.say(new Uint8Array(0));
    call.end();
    await until('it is answered', () => call.status !== undefined);
    const read = decode(ENTROPY_REPORT, call.heard[0] ?? new Uint8Array(1));
    expect(read.ok && read.value.data.length).toBe(length);
  });
});
