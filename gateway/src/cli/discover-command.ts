import { discover, type Found, systemClock } from '@outpost/firmware-bridge';
import { Command } from 'commander';
import { EXIT, type Terminal } from './context.ts';

const line = ({ certainty, address, words }: Found): string =>
  `${certainty.padEnd(8)} ${address ?? '(no known port)'}\n         ${words}`;

/** `outpost discover`: what could be attached. Not one byte is written to anything. */
export const discoverCommand = (terminal: Terminal, finish: (code: number) => void): Command =>
  new Command('discover')
    .description('list serial and network devices by USB id and address, without writing to any')
    .option('--dev <directory>', 'where the serial lines of this box are, if not below /dev')
    .option('--json', 'for scripts')
    .action(async (options: { dev?: string; json?: boolean }) => {
      const found = await discover({ clock: systemClock(), signal: terminal.signal, dev: options.dev });
      if (options.json === true) terminal.out(JSON.stringify(found, null, 2));
      else if (found.length === 0)
        terminal.out('Nothing is attached that could be a device. Plug one in and ask again.');
      else for (const each of found) terminal.out(line(each));
      return finish(EXIT.done);
    });
