import { resolve } from 'node:path';
import { serialPlaces, systemClock } from '@outpost/firmware-bridge';
import type { Config } from '@outpost/schemas/config';
import { type Clock, type Result, sentence } from '@outpost/schemas/words';
import { Command } from 'commander';
import { type Log, openLog } from '../log.ts';
import { createSessions, type Sessions } from '../page/logins.ts';
import { runGateway } from '../run/gateway.ts';
import { type Attached, createAttached } from '../settings/attached.ts';
import { wordsOf } from '../supervise.ts';
import { outpostApart } from './apart.ts';
import { loadConfigApart } from './config-apart.ts';
import { complain, configPath, EXIT, type Terminal } from './context.ts';

const REPEAT_AFTER_MS = 60_000;
/** Lines of the log that are remembered for the page. */
const LINES_MAX = 500;

interface RunParts {
  readonly terminal: Terminal;
  readonly path: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly lines: readonly string[];
  readonly isLab: boolean;
  readonly sessions: Sessions;
  readonly attached: Attached;
}

/** The log, with its newest lines remembered. */
const remembering = (terminal: Terminal, clock: Clock) => {
  const lines: string[] = [];
  const style = terminal.env['JOURNAL_STREAM'] === undefined ? 'time' : 'systemd';
  const write = (text: string): void => {
    const line = text.trimEnd();
    terminal.err(line);
    if (lines.push(line) > LINES_MAX) lines.shift();
  };
  return { lines, log: openLog({ clock, style, repeatAfterMs: REPEAT_AFTER_MS, write }) };
};

/** One run; `again` where its end was asked for by the owner, to begin anew. */
const runOnce = async (config: Config, parts: RunParts) => {
  const { terminal, path, clock, log, lines, isLab, sessions, attached } = parts;
  const restarting = new AbortController();
  const signal = AbortSignal.any([terminal.signal, restarting.signal]);
  const box =
    path === undefined
      ? undefined
      : {
          configPath: resolve(path),
          restart: () => restarting.abort(new Error('the owner restarts the gateway')),
          sessions,
          attached,
          lines: () => lines,
          outpost: (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
            outpostApart(args, { env: { ...terminal.env, ...env }, signal: terminal.signal }),
        };
  await attached.expect(config.devices);
  const lab = isLab ? { refusedFilters: [] } : undefined;
  const ended = await runGateway({ config, clock, log, signal, lab, box });
  return { ended, again: restarting.signal.aborted && !terminal.signal.aborted };
};

/**
 * Runs until it is told to stop. New settings that cannot be read, or with which the gateway does not start, are said in
 * the log, and the last ones that worked are in force: a box whose owner is far away must come back.
 */
const runOn = async (first: Config, parts: RunParts): Promise<Result<void>> => {
  const { terminal, path, log } = parts;
  let working = first;
  let config = first;
  for (;;) {
    const { ended, again } = await runOnce(config, parts);
    if (!ended.ok && config !== working) {
      log.line(
        'error',
        `the new settings do not work, the ones before are in force: ${sentence(ended.fault)}`,
      );
      config = working;
      continue;
    }
    if (!again) return ended;
    working = config;
    log.line('notice', 'starting again.');
    const loaded = await loadConfigApart(path, terminal);
    if ('config' in loaded) config = loaded.config;
    else log.line('error', 'the settings cannot be read; the ones before are in force.');
  }
};

/** Sees what is plugged in for as long as `act` takes; without it everything else goes on. */
const whileWatching = async <T>({ attached, log }: RunParts, act: () => Promise<T>): Promise<T> => {
  const watching = new AbortController();
  const watched = attached.watch(watching.signal).catch((error: unknown) => {
    if (!watching.signal.aborted) log.line('error', `what is plugged in is not seen: ${wordsOf(error)}`);
  });
  try {
    return await act();
  } finally {
    watching.abort(new Error('the gateway has ended'));
    await watched;
  }
};

/** `outpost run`: the gateway itself, until SIGINT or SIGTERM. */
export const runCommand = (terminal: Terminal, finish: (code: number) => void): Command =>
  new Command('run')
    .description('run the gateway until it is told to stop (Ctrl-C, SIGTERM)')
    .option('-c, --config <file>', 'the configuration file')
    .option('--dev <directory>', 'where the serial lines of this box are, if not below /dev')
    .option('--lab', 'the broker lets in whoever asks: for a workbench, never for a network')
    .action(async (options: { config?: string; dev?: string; lab?: boolean }) => {
      const loaded = await loadConfigApart(options.config, terminal);
      if ('code' in loaded) return finish(loaded.code);
      const clock = systemClock();
      const path = configPath(options.config, terminal.env);
      const { lines, log } = remembering(terminal, clock);
      const parts = {
        terminal,
        path,
        clock,
        lines,
        log,
        isLab: options.lab === true,
        sessions: createSessions(),
        attached: createAttached({ places: serialPlaces(options.dev), clock, log }),
      };
      const ended = await whileWatching(parts, () => runOn(loaded.config, parts));
      return finish(ended.ok ? EXIT.done : complain(terminal, ended.fault));
    });
