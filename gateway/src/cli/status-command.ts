import { resolve } from 'node:path';
import { Command } from 'commander';
import { askControl } from '../control/socket.ts';
import type { Status } from '../control/status.ts';
import { complain, EXIT, loadConfig, type Terminal } from './context.ts';
import { statusLines } from './status-text.ts';

const TIMEOUT_MS = 3_000;

/** `outpost status`: is it working, and if not, why. Exit code 1 where no gateway answers. */
export const statusCommand = (terminal: Terminal, finish: (code: number) => void): Command =>
  new Command('status')
    .description('is it working, and if not, why')
    .option('-c, --config <file>', 'the configuration file')
    .option('-d, --data <directory>', "the gateway's data directory, instead of a configuration")
    .option('--json', 'for scripts: everything, as one JSON object')
    .action(async (options: { config?: string; data?: string; json?: boolean }) => {
      let directory = options.data === undefined ? undefined : resolve(options.data);
      if (directory === undefined) {
        const loaded = await loadConfig(options.config, terminal.env);
        if (!loaded.ok) return finish(complain(terminal, loaded.fault));
        directory = loaded.value.config.dataDirectory;
      }
      const answer = await askControl(directory, '/status', TIMEOUT_MS);
      if (!answer.ok) return finish(complain(terminal, answer.fault));
      if (options.json === true) terminal.out(answer.value);
      else for (const line of statusLines(JSON.parse(answer.value) as Status)) terminal.out(line);
      return finish(EXIT.done);
    });
