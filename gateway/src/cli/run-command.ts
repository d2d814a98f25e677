import { systemClock } from '@outpost/firmware-bridge';
import { Command } from 'commander';
import { openLog } from '../log.ts';
import { runGateway } from '../run/gateway.ts';
import { loadConfigApart } from './config-apart.ts';
import { complain, EXIT, type Terminal } from './context.ts';

const REPEAT_AFTER_MS = 60_000;

/** `outpost run`: the gateway itself, until SIGINT or SIGTERM. */
export const runCommand = (terminal: Terminal, finish: (code: number) => void): Command =>
  new Command('run')
    .description('run the gateway until it is told to stop (Ctrl-C, SIGTERM)')
    .option('-c, --config <file>', 'the configuration file')
    .option('--lab', 'the broker lets in whoever asks: for a workbench, never for a network')
    .action(async (options: { config?: string; lab?: boolean }) => {
      const loaded = await loadConfigApart(options.config, terminal);
      if ('code' in loaded) return finish(loaded.code);
      const clock = systemClock();
      const style = terminal.env['JOURNAL_STREAM'] === undefined ? 'time' : 'systemd';
      const write = (line: string): void => terminal.err(line.trimEnd());
      const log = openLog({ clock, style, repeatAfterMs: REPEAT_AFTER_MS, write });
      const { config } = loaded;
      const lab = options.lab === true ? { refusedFilters: [] } : undefined;
      const ended = await runGateway({ config, clock, log, signal: terminal.signal, lab });
      return finish(ended.ok ? EXIT.done : complain(terminal, ended.fault));
    });
