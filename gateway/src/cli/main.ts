import { Command, CommanderError } from 'commander';
import { VERSION } from '../version.ts';
import { configCommand } from './config-command.ts';
import { EXIT, type Terminal } from './context.ts';
import { discoverCommand } from './discover-command.ts';
import { doctorCommand } from './doctor-command.ts';
import { exportCommand } from './export-command.ts';
import { initCommand } from './init-command.ts';
import { keysCommand } from './keys-command.ts';
import { runCommand } from './run-command.ts';
import { statusCommand } from './status-command.ts';
import { systemTerminal } from './terminal.ts';
import { verifyCommand } from './verify-command.ts';

type MakeCommand = (terminal: Terminal, finish: (code: number) => void) => Command;

const COMMANDS: readonly MakeCommand[] = [
  initCommand,
  discoverCommand,
  runCommand,
  statusCommand,
  doctorCommand,
  keysCommand,
  exportCommand,
  verifyCommand,
  configCommand,
];

/** `outpost …`: returns the exit code. Nothing below prints a stack trace to a person. */
export const outpost = async (
  args: readonly string[],
  terminal: Terminal = systemTerminal(),
): Promise<number> => {
  let code = EXIT.done;
  const finish = (wanted: number): void => {
    code = wanted;
  };
  const program = new Command('outpost')
    .description('The gateway between devices and the networks that pay them.')
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError('(outpost --help shows all commands)')
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    });
  for (const make of COMMANDS)
    program.addCommand(make(terminal, finish).exitOverride().copyInheritedSettings(program));
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.misconfigured;
    if (terminal.signal.aborted) return EXIT.failed;
    const words = error instanceof Error ? error.message : String(error);
    terminal.err(`outpost: something went wrong that should not have: ${words}`);
    if (terminal.env['OUTPOST_DEBUG'] !== undefined && error instanceof Error)
      terminal.err(error.stack ?? '');
    else terminal.err('Set OUTPOST_DEBUG=1 to see where.');
    return EXIT.failed;
  }
  return code;
};
