import { Command } from 'commander';
import type { Terminal } from './context.ts';

type MakeCommand = (terminal: Terminal, finish: (code: number) => void) => Command;

/** What kinds of network have commands of their own, one line each; loaded only for `outpost network`. */
const KINDS: readonly (() => Promise<MakeCommand>)[] = [
  async () => (await import('./network-dimo.ts')).dimoCommand,
  async () => (await import('./network-helium.ts')).heliumCommand,
];

/** `outpost network KIND …`: identities towards networks, and what only one of them knows. */
export const loadNetworkCommand = async (): Promise<MakeCommand> => {
  const kinds = await Promise.all(KINDS.map((load) => load()));
  return (terminal, finish) => {
    const command = new Command('network').description(
      'identities towards networks: make them, show them, and see what a network makes of this box',
    );
    for (const make of kinds) command.addCommand(make(terminal, finish));
    return command;
  };
};
