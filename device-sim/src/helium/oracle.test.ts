import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadCoverage } from '@outpost/gateway';
import { BOOK_FILE } from '@outpost/gateway/helium-coverage';
import { beaconPayload, type HeliumGateway, readEntropyLine } from '@outpost/schemas/radio';
import { toHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { beaconHeard, beaconSent, openCoverageRig } from './coverage-rig.ts';
import type { IngestReport } from './ingest-words.ts';
import { createOracleCore } from './oracle-core.ts';
import { until } from './raw-client.ts';

const A = '0016c001ff10a235';
const B = '0016c001ff10a236';
/** Some minutes before the end of a six-hour interval, in which a beacon is still due. */
const START_S = 78_703 * 21_600 - 240;

/** One gateway sends, another hears it, and both report: what came to the ingest service, and the entropy. */
const reported = async () => {
  const options = { beacons: [{ gateway: A, device: 'roof' }] };
  await using rig = await openCoverageRig({ startS: START_S, options });
  const item = await rig.nextBeacon();
  const payload = beaconPayload(item.phy) ?? new Uint8Array();
  expect(await rig.deliver(beaconSent(A, item))).toEqual({ kind: 'settled' });
  await until('the beacon is there', () => rig.taken.length === 1);
  expect(await rig.deliver(beaconHeard(B, payload, { rssiDeciDbm: -1_180 }))).toEqual({ kind: 'settled' });
  await until('the witness is there', () => rig.taken.length === 2);
  const lines = (await readFile(join(rig.directory, 'coverage', BOOK_FILE), 'utf8')).trim();
  const entropy = readEntropyLine(lines)?.[1].remoteEntropy;
  const [beacon, witness] = rig.taken;
  if (beacon?.kind !== 'beacon' || witness?.kind !== 'witness' || entropy === undefined)
    throw new Error('no reports');
  return { beacon, witness, entropy };
};

const at = (location: bigint, region = 'EU868'): HeliumGateway => ({
  fullHotspot: true,
  asserted: { location, gainDdbi: 0, region },
});
/** 14 km apart. */
const [HERE, THERE] = [644459695463521437n, 644460986971331488n] as const;

describe('the retired oracle', () => {
  it('takes what the network reports, and refuses what is wrong with it for the reason that is so', async () => {
    const { beacon, witness, entropy } = await reported();
    const { hexGrid: grid } = await loadCoverage();
    const [a, b] = [toHex(beacon.report.gateway), toHex(witness.report.gateway)];
    const judged = (
      reports: readonly IngestReport[],
      others: Readonly<Record<string, HeliumGateway | undefined>> = {},
    ) => {
      const known = Object.entries({ [a]: at(HERE), [b]: at(THERE), ...others });
      const gateways = new Map(
        known.flatMap(([key, one]) => (one === undefined ? [] : [[key, one] as const])),
      );
      const oracle = createOracleCore({ grid, gateways });
      oracle.entropy(entropy.bytes, entropy.timestampS);
      for (const report of reports) oracle.take(report);
      const [verdict] = oracle.judge();
      return [
        verdict?.reason ?? 'taken',
        ...(verdict?.witnesses.map(({ reason }) => reason ?? 'taken') ?? []),
      ];
    };
    const both = [beacon, witness];
    const late = { ...witness, receivedMs: witness.receivedMs + 5_000 };
    const changed = { ...beacon, report: { ...beacon.report, localEntropy: new Uint8Array(4) } };
    const expired = { ...beacon, receivedMs: beacon.receivedMs + 240_000 };
    const again = { ...beacon, receivedMs: beacon.receivedMs + 1_000 };
    expect(judged(both)).toEqual(['taken', 'taken']);
    expect(judged(both, { [b]: at(THERE, 'US915') })).toEqual(['taken', 'invalid-region']);
    expect(judged(both, { [b]: undefined })).toEqual(['taken', 'gateway-not-found']);
    expect(judged(both, { [a]: undefined })[0]).toBe('gateway-not-found');
    expect(judged(both, { [b]: { ...at(THERE), asserted: undefined } })).toEqual(['taken', 'not-asserted']);
    expect(judged(both, { [b]: at(HERE) })).toEqual(['taken', 'below-min-distance']);
    expect(judged([beacon, witness, witness])).toEqual(['taken', 'taken', 'duplicate']);
    expect(judged([beacon, late])).toEqual(['taken', 'too-late']);
    expect(judged([changed, witness])[0]).toBe('invalid-packet');
    expect(judged([expired, witness])[0]).toBe('entropy-expired');
    const oracle = createOracleCore({ grid, gateways: new Map([[a, at(HERE)]]) });
    oracle.entropy(entropy.bytes, entropy.timestampS);
    for (const each of [beacon, again]) oracle.take(each);
    expect(oracle.judge().map((verdict) => verdict?.reason)).toEqual([undefined, 'irregular-interval']);
    expect(createOracleCore({ grid, gateways: new Map() }).judge()).toEqual([]);
  });
});
