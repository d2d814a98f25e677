import { Command } from 'commander';
import { complain, type Terminal } from './context.ts';
import { readKeys, VERDICT_CODES, verifyFile, verifyParts } from './verify-file.ts';
import { reportJson, reportLines } from './verify-text.ts';

interface Options {
  readonly key?: string;
  readonly networkKey: readonly string[];
  readonly adapter: string;
  readonly json?: boolean;
}

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
      const networkKeys = await readKeys(options.networkKey, '--network-key');
      if (!networkKeys.ok) return finish(complain(terminal, networkKeys.fault));
      const keys = await readKeys(options.key === undefined ? [] : [options.key], '--key');
      if (!keys.ok) return finish(complain(terminal, keys.fault));
      const parts = await verifyParts(options.adapter);
      if (!parts.ok) return finish(complain(terminal, parts.fault));
      const [key] = keys.value;
      const whole = {
        ...parts.value,
        ...(key === undefined ? {} : { key }),
        ...(networkKeys.value.length === 0 ? {} : { networkKeys: networkKeys.value }),
      };
      const report = await verifyFile(file, whole, terminal.signal);
      if (!report.ok) return finish(complain(terminal, report.fault));
      if (options.json === true) terminal.out(reportJson(report.value));
      else for (const line of reportLines(report.value)) terminal.out(line);
      return finish(VERDICT_CODES[report.value.verdict]);
    });
