import { Command } from 'commander';
import type { Terminal } from './context.ts';
import { coverageMapCommand } from './coverage-map.ts';
import { coverageVerifyCommand } from './coverage-verify.ts';

/** `outpost coverage …`: what radio frames in evidence prove. */
export const coverageCommand = (terminal: Terminal, finish: (code: number) => void): Command =>
  new Command('coverage')
    .description('what receptions of radio frames prove: judge them, draw a map')
    .addCommand(coverageVerifyCommand(terminal, finish))
    .addCommand(coverageMapCommand(terminal, finish));
