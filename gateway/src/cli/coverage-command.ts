import { Command } from 'commander';
import type { Terminal } from './context.ts';
import { coverageBeaconCommand } from './coverage-beacon.ts';
import { coverageMapCommand } from './coverage-map.ts';
import { coverageVerifyCommand } from './coverage-verify.ts';

/** `outpost coverage …`: what radio frames in evidence prove. */
export const coverageCommand = (terminal: Terminal, finish: (code: number) => void): Command =>
  new Command('coverage')
    .description('what receptions of radio frames prove: judge them, draw a map, send a beacon')
    .addCommand(coverageVerifyCommand(terminal, finish))
    .addCommand(coverageMapCommand(terminal, finish))
    .addCommand(coverageBeaconCommand(terminal, finish));
