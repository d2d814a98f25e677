import { open } from 'node:fs/promises';
import { systemClock } from '@outpost/firmware-bridge';
import {
  type BeaconEntropy,
  type BeaconRegion,
  beaconItem,
  beaconRegionOf,
  buildBeacon,
  entropyLine,
} from '@outpost/schemas/radio';
import {
  type DownlinkItem,
  fail,
  fault,
  fromHex,
  NS_PER_S,
  ok,
  type Result,
  toHex,
  type WallNs,
} from '@outpost/schemas/words';
import { Command } from 'commander';
import { complain, EXIT, type Terminal } from './context.ts';
import { readRegionParams } from './coverage-inputs.ts';
import { giveOrder, type OrderOptions } from './order-command.ts';

interface Options extends OrderOptions {
  readonly once?: boolean;
  readonly region: string;
  readonly regionParams?: string;
  readonly gain: string;
  readonly beacons: string;
  readonly device?: string;
  readonly entropy?: string;
  readonly entropyTime?: string;
}

const LOCAL_ENTROPY_BYTES = 4;
const REMOTE_ENTROPY_BYTES = 32;
/** dBi; more than any antenna of a hotspot has. */
const GAIN_MAX_DBI = 15;

const wrong = (where: string, words: string): Result<never> =>
  fail(fault('misconfigured', 'coverage.beacon', where, words));

const random = (bytes: number): Uint8Array => globalThis.crypto.getRandomValues(new Uint8Array(bytes));

/**
 * What a beacon is made of. Nobody serves remote entropy any more, so unless the reader names some that others know,
 * it is drawn here, and proves no more than that the payload was not chosen.
 */
const entropyFrom = ({ entropy, entropyTime }: Options, now: WallNs): Result<BeaconEntropy> => {
  const bytes = entropy === undefined ? random(REMOTE_ENTROPY_BYTES) : fromHex(entropy);
  if (bytes === undefined || bytes.length === 0) return wrong('--entropy', 'write bytes in hex.');
  const timestampS = entropyTime === undefined ? Number(now / NS_PER_S) : Number(entropyTime);
  if (!Number.isSafeInteger(timestampS) || timestampS < 0)
    return wrong('--entropy-time', 'write whole seconds since 1970.');
  return ok({
    localEntropy: random(LOCAL_ENTROPY_BYTES),
    remoteEntropy: { bytes, timestampS, version: 0 },
  });
};

const regionFrom = async ({ region, regionParams }: Options): Promise<Result<BeaconRegion>> => {
  const given = await readRegionParams(regionParams);
  if (!given.ok) return given;
  if (given.value === undefined) return beaconRegionOf(region);
  return given.value.name === region
    ? ok(given.value)
    : wrong('--region-params', `is about ${given.value.name}, and --region says ${region}.`);
};

/** Kept before anything is sent: what was made of nobody knows what is no proof. */
const keepEntropy = async (path: string, line: string): Promise<Result<void>> => {
  try {
    await using file = await open(path, 'a', 0o644);
    await file.writeFile(`${line}\n`);
    await file.sync();
    return ok(undefined);
  } catch (error) {
    return wrong(path, `cannot be written: ${(error as Error).message}.`);
  }
};

const prepare = async (options: Options): Promise<Result<DownlinkItem>> => {
  if (options.once !== true)
    return wrong(
      'beacon',
      'beacons are off: no network pays for them, and each takes 2.5 s of air; send one with --once.',
    );
  const region = await regionFrom(options);
  if (!region.ok) return region;
  const gainDbi = Number(options.gain);
  if (options.gain === '' || !(gainDbi >= 0 && gainDbi <= GAIN_MAX_DBI))
    return wrong('--gain', `write the antenna's gain, 0 to ${GAIN_MAX_DBI} dBi.`);
  const entropy = entropyFrom(options, systemClock().wall());
  if (!entropy.ok) return entropy;
  const { remoteEntropy, localEntropy } = entropy.value;
  const beacon = buildBeacon(remoteEntropy, localEntropy, region.value, Math.round(gainDbi * 10));
  if (!beacon.ok) return beacon;
  const kept = await keepEntropy(options.beacons, entropyLine(beacon.value.payload, entropy.value));
  return kept.ok ? ok(beaconItem(beacon.value, gainDbi)) : kept;
};

/** `outpost coverage beacon --once`: the adapter has the last word on region, power and time on air. */
export const coverageBeaconCommand = (terminal: Terminal, finish: (code: number) => void): Command =>
  new Command('beacon')
    .description('have a gateway send one beacon for others to hear; its transmission becomes evidence')
    .argument('<eui>', 'of the gateway that sends, 16 hex digits')
    .requiredOption('--region <name>', 'where it stands, as EU868')
    .requiredOption('--gain <dBi>', 'of its antenna')
    .option(
      '--region-params <file>',
      'for other regions than EU868: the channels as Helium served them (JSON)',
    )
    .requiredOption(
      '--beacons <file>',
      'to which what it was made of is added, for `outpost coverage verify`',
    )
    .option('--once', 'yes, send one')
    .option('--device <name>', 'where several devices could: the one to tell')
    .option('--entropy <hex>', 'bytes that others know and nobody could foresee (default: drawn here)')
    .option('--entropy-time <seconds>', 'since 1970, from when they were known (default: now)')
    .option('-c, --config <file>', 'the configuration file')
    .option('-d, --data <directory>', "the gateway's data directory, instead of a configuration")
    .option('--json', 'for scripts: the outcome as one JSON object')
    .action(async (eui: string, options: Options) => {
      if (!/^[0-9a-f]{16}$/i.test(eui)) {
        terminal.err(`${eui}: is no EUI of 16 hex digits.`);
        return finish(EXIT.misconfigured);
      }
      const item = await prepare(options);
      if (!item.ok) return finish(complain(terminal, item.fault));
      const json = JSON.stringify({ ...item.value, phy: toHex(item.value.phy) });
      const order = { device: options.device, kind: 'beacon', rest: [eui] };
      return finish(await giveOrder(terminal, { ...options, item: [json] }, order));
    });
