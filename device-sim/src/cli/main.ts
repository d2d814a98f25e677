import { systemTerminal, VERSION } from '@outpost/gateway';
import { Command, CommanderError } from 'commander';
import { boardCommand } from './board.ts';
import { carCommand, type SimTerminal } from './car.ts';
import { controlCommand } from './control.ts';
import { dimoNodeCommand } from './dimo-node.ts';
import { ovmsCommand, sensorCommand, wicanCommand } from './fleet.ts';
import { heliumCoverageCommand } from './helium-coverage.ts';
import { heliumRouterCommand } from './helium-router.ts';
import { loraModuleCommand } from './lora-module.ts';
import { hotspotCommand, loraWorldCommand } from './lora-world.ts';
import { mqttAttackCommand } from './mqtt-attack.ts';
import { networkCommand } from './network.ts';

type MakeCommand = (terminal: SimTerminal, finish: (code: number) => void) => Command;

const COMMANDS: readonly MakeCommand[] = [
  boardCommand,
  carCommand,
  controlCommand,
  dimoNodeCommand,
  heliumCoverageCommand,
  heliumRouterCommand,
  hotspotCommand,
  loraModuleCommand,
  loraWorldCommand,
  mqttAttackCommand,
  networkCommand,
  ovmsCommand,
  sensorCommand,
  wicanCommand,
];

/** `outpost-sim …`: what stands on the other end of the gateway's sockets. Returns the exit code. */
export const outpostSim = async (
  args: readonly string[],
  terminal: SimTerminal = systemTerminal(),
): Promise<number> => {
  let code = 0;
  const finish = (wanted: number): void => {
    code = wanted;
  };
  const program = new Command('outpost-sim')
    .description('Simulated devices and networks, behind real sockets.')
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError('(outpost-sim --help shows all commands)')
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    });
  for (const make of COMMANDS)
    program.addCommand(make(terminal, finish).exitOverride().copyInheritedSettings(program));
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 78;
    throw error;
  }
  return code;
};
