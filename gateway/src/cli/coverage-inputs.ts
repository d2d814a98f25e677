import type { Report, SeeLeaf, VerifyOptions } from '@outpost/schemas/evidence';
import {
  type BeaconEntropy,
  type BeaconRegion,
  leafTaker,
  openSenders,
  readBeaconRegion,
  type SenderBook,
} from '@outpost/schemas/radio';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import type { Command } from 'commander';
import { entropiesFrom, type Known, type KnownOptions, knownFrom } from '../coverage/known.ts';
import type { Terminal } from './context.ts';
import { readWholeText } from './file-text.ts';
import { readKeys, verifyFile, verifyParts } from './verify-file.ts';

export interface EvidenceOptions extends KnownOptions {
  readonly key: readonly string[];
  readonly networkKey: readonly string[];
  readonly adapter: string;
  readonly beacons?: string;
  readonly regionParams?: string;
}

/** Evidence files after their signatures were looked at, and what they and the reader say of senders. */
export interface ReadEvidence {
  readonly files: readonly { readonly file: string; readonly report: Report }[];
  readonly known: Known;
  readonly senders: SenderBook;
  readonly entropies: ReadonlyMap<string, BeaconEntropy>;
}

/** What every command over evidence of coverage is told. */
export const withEvidenceOptions = (command: Command): Command =>
  command
    .argument('<file...>', 'evidence as `outpost export` writes it, of one box or of several')
    .option(
      '-k, --key <key...>',
      'public key that vouches, or a file with it: one for all files, or one for each in their order',
      [],
    )
    .option('--network-key <key...>', 'keys of networks whose receipts count; without, any receipt does', [])
    .option('--adapter <name>', 'decode raw frames again as this adapter does (auto, none)', 'auto')
    .option('--region <name>', 'of LoRaWAN, as EU868: how strong anybody may send there')
    .option('--sender <device...>', 'a device at a known place: DEVADDR=LAT,LON or DEVADDR=LAT,LON,DBM', [])
    .option('--place <gateway...>', 'where a gateway stands, whatever it says itself: EUI=LAT,LON', [])
    .option('--gain <antenna...>', 'an antenna: EUI=dBi', [])
    .option('--region-params <file>', 'what Helium’s beacons are made by in other regions than EU868 (JSON)')
    .option('--beacons <file>', 'what beacons were made of, as `outpost coverage beacon` writes it');

const keyFor = (keys: readonly Uint8Array[], index: number): Uint8Array | undefined =>
  keys.length === 1 ? keys[0] : keys[index];

const optionsFor = (
  shared: VerifyOptions,
  networkKeys: readonly Uint8Array[],
  key: Uint8Array | undefined,
): VerifyOptions => ({
  ...shared,
  ...(key === undefined ? {} : { key }),
  ...(networkKeys.length === 0 ? {} : { networkKeys }),
});

const readEntropies = async (
  file: string | undefined,
): Promise<Result<ReadonlyMap<string, BeaconEntropy>>> => {
  if (file === undefined) return ok(new Map());
  const text = await readWholeText(file);
  return text.ok ? entropiesFrom(text.value, file) : text;
};

/** Undefined where there is no such file. */
export const readRegionParams = async (
  file: string | undefined,
): Promise<Result<BeaconRegion | undefined>> => {
  if (file === undefined) return ok(undefined);
  const text = await readWholeText(file);
  return text.ok ? readBeaconRegion(text.value, file) : text;
};

/** Checks every signature of every file, and gathers who says that he sent what from where. */
export const readEvidence = async (
  files: readonly string[],
  options: EvidenceOptions,
  terminal: Terminal,
): Promise<Result<ReadEvidence>> => {
  const told = knownFrom(options);
  if (!told.ok) return told;
  const region = await readRegionParams(options.regionParams);
  if (!region.ok) return region;
  const known: Known =
    region.value === undefined ? told.value : { ...told.value, beaconRegion: region.value };
  const entropies = await readEntropies(options.beacons);
  if (!entropies.ok) return entropies;
  const [keys, networkKeys] = [
    await readKeys(options.key, '--key'),
    await readKeys(options.networkKey, '--network-key'),
  ];
  if (!keys.ok) return keys;
  if (!networkKeys.ok) return networkKeys;
  if (keys.value.length > 1 && keys.value.length !== files.length) {
    const words = `${keys.value.length} keys for ${files.length} files; give one for all, or one for each.`;
    return fail(fault('misconfigured', 'coverage.keys', '--key', words));
  }
  const shared = await verifyParts(options.adapter);
  if (!shared.ok) return shared;
  const senders = openSenders(known);
  const read: { file: string; report: Report }[] = [];
  for (const [i, file] of files.entries()) {
    const take = leafTaker();
    const see: SeeLeaf = (statement, leaf) => {
      const signed = take(statement, leaf);
      if (signed !== undefined) senders.take(signed);
    };
    const whole = { ...optionsFor(shared.value, networkKeys.value, keyFor(keys.value, i)), see };
    const report = await verifyFile(file, whole, terminal.signal);
    if (!report.ok) return report;
    read.push({ file, report: report.value });
  }
  return ok({ files: read, known, senders, entropies: entropies.value });
};
