import { Command, CommanderError } from 'commander';
import { VERSION } from '../version.ts';
import { EXIT, type Terminal } from './context.ts';
import { systemTerminal } from './terminal.ts';

type MakeCommand = (terminal: Terminal, finish: (code: number) => void) => Command;

/** Loaded one by one, so that the gateway carries nothing of what only other commands need. */
const COMMANDS: Readonly<Record<string, () => Promise<MakeCommand>>> = {
  init: async () => (await import('./init-command.ts')).initCommand,
  discover: async () => (await import('./discover-command.ts')).discoverCommand,
  devices: async () => (await import('./devices-command.ts')).devicesCommand,
  run: async () => (await import('./run-command.ts')).runCommand,
  order: async () => (await import('./order-command.ts')).orderCommand,
  status: async () => (await import('./status-command.ts')).statusCommand,
  doctor: async () => (await import('./doctor-command.ts')).doctorCommand,
  keys: async () => (await import('./keys-command.ts')).keysCommand,
  export: async () => (await import('./export-command.ts')).exportCommand,
  ledger: async () => (await import('./ledger-command.ts')).ledgerCommand,
  verify: async () => (await import('./verify-command.ts')).verifyCommand,
  coverage: async () => (await import('./coverage-command.ts')).coverageCommand,
  network: async () => await (await import('./network-command.ts')).loadNetworkCommand(),
  trips: async () => (await import('./trips-command.ts')).tripsCommand,
  profiles: async () => (await import('./profiles-command.ts')).profilesCommand,
  map: async () => (await import('./map-command.ts')).mapCommand,
  quarantine: async () => (await import('./quarantine-command.ts')).quarantineCommand,
  grafana: async () => (await import('./grafana-command.ts')).grafanaCommand,
  config: async () => (await import('./config-command.ts')).configCommand,
};

/** The command that was asked for, or all of them for help and for mistakes. */
const commandsFor = (first: string | undefined): Promise<readonly MakeCommand[]> => {
  const asked = first === undefined ? undefined : COMMANDS[first];
  return Promise.all((asked === undefined ? Object.values(COMMANDS) : [asked]).map((load) => load()));
};

/** A command and those below it speak through the terminal, and none of them ends the process. */
const settled = (command: Command, program: Command): Command => {
  for (const below of command.commands) settled(below, program);
  return command.exitOverride().copyInheritedSettings(program);
};

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
  for (const make of await commandsFor(args[0])) program.addCommand(settled(make(terminal, finish), program));
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
