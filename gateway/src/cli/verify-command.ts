import { createReadStream } from 'node:fs';
import { ADAPTER_NAMES, loadAdapter } from '@outpost/firmware-bridge';
import { evidenceReader, openVerification, type Report, type VerifyOptions } from '@outpost/schemas/evidence';
import { type Body, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { Command } from 'commander';
import { platformHash } from '../hash.ts';
import { platformVerifier, readKey } from '../keys/index.ts';
import { complain, EXIT, type Terminal } from './context.ts';
import { reportJson, reportLines } from './verify-text.ts';

interface Options {
  readonly key?: string;
  readonly networkKey: readonly string[];
  readonly adapter: string;
  readonly json?: boolean;
}

const CODES: Readonly<Record<Report['verdict'], number>> = {
  holds: EXIT.done,
  fails: EXIT.failed,
  unidentified: EXIT.unidentified,
};

const keysOf = async (options: Options): Promise<Result<Pick<VerifyOptions, 'key' | 'networkKeys'>>> => {
  const networkKeys: Uint8Array[] = [];
  for (const given of options.networkKey) {
    const key = await readKey(given, '--network-key');
    if (!key.ok) return key;
    networkKeys.push(key.value);
  }
  const key = options.key === undefined ? undefined : await readKey(options.key, '--key');
  if (key !== undefined && !key.ok) return key;
  return ok({
    ...(key === undefined ? {} : { key: key.value }),
    ...(networkKeys.length === 0 ? {} : { networkKeys }),
  });
};

/** Reads the file as it comes and judges it; memory does not grow with the readings in it. */
const verifyFile = async (file: string, options: VerifyOptions): Promise<Result<Report>> => {
  const verification = openVerification(options);
  const reader = evidenceReader();
  try {
    for await (const chunk of createReadStream(file)) {
      for (const item of reader.push(new Uint8Array(chunk as Uint8Array))) verification.take(item);
    }
  } catch (error) {
    return fail(fault('unreachable', 'verify.read', file, `cannot be read: ${(error as Error).message}.`));
  }
  const end = reader.end();
  if (!end.ok) verification.take(end);
  return ok(verification.finish());
};

/** Evidence does not name adapters; a frame of one is none to the others, so asking all is as strict as asking one. */
const redecodersOf = async (
  name: string,
): Promise<readonly ((raw: Uint8Array) => readonly Body[])[] | undefined> => {
  if (name === 'none') return [];
  if (name !== 'auto' && !ADAPTER_NAMES.includes(name)) return undefined;
  const modules = await Promise.all((name === 'auto' ? ADAPTER_NAMES : [name]).map(loadAdapter));
  return modules.flatMap((each) => (each?.redecode === undefined ? [] : [each.redecode]));
};

/** `outpost verify FILE`: needs no gateway, no network and no configuration. */
export const verifyCommand = (terminal: Terminal, finish: (code: number) => void): Command =>
  new Command('verify')
    .description(
      'check an evidence file offline: exit code 0 holds, 1 does not, 2 consistent but nobody knows who signed',
    )
    .argument('<file>', 'as `outpost export` writes it')
    .option(
      '-k, --key <key>',
      "the gateway's or the device's public key, or a file with it, from somewhere you trust",
    )
    .option('--network-key <key...>', 'keys of networks whose receipts count; without, any receipt does', [])
    .option(
      '--adapter <name>',
      'decode raw frames again as this adapter does (auto: as any, none: do not)',
      'auto',
    )
    .option('--json', 'for scripts: the whole report')
    .action(async (file: string, options: Options) => {
      const keys = await keysOf(options);
      if (!keys.ok) return finish(complain(terminal, keys.fault));
      const adapters = await redecodersOf(options.adapter);
      if (adapters === undefined) {
        const words = `there is no adapter of that name; there are ${ADAPTER_NAMES.join(', ')}, auto and none.`;
        return finish(complain(terminal, fault('misconfigured', 'verify.adapter', options.adapter, words)));
      }
      const redecode = (_: string, raw: Uint8Array): readonly Body[] =>
        adapters.flatMap((again) => again(raw));
      const parts = {
        ...keys.value,
        ...(adapters.length === 0 ? {} : { redecode }),
        hash: platformHash,
        verify: platformVerifier(),
      };
      const report = await verifyFile(file, parts);
      if (!report.ok) return finish(complain(terminal, report.fault));
      if (options.json === true) terminal.out(reportJson(report.value));
      else for (const line of reportLines(report.value)) terminal.out(line);
      return finish(CODES[report.value.verdict]);
    });
