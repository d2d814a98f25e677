import { spawn } from 'node:child_process';
import type { Clock } from '@outpost/schemas/words';
import { within } from '../store/scope.ts';
import { type InfluxdLayout, type InfluxdPorts, influxdEnvironment } from './layout.ts';
import type { Ring } from './ring.ts';

export interface Child {
  readonly pid: number | undefined;
  /** How it ended, in words. */
  readonly ended: Promise<string>;
  /** Ends it cleanly, or after `STOP_MS` not; resolves when it is gone. */
  stop(): Promise<void>;
}

/** influxd itself gives its connections 30 s; what they could still write is in the journal. */
const STOP_MS = 10_000;

/**
 * Starts influxd with nothing but our settings in its environment. It gets a session of its own, so that Ctrl-C at a
 * terminal reaches the gateway alone, which then stops it in its turn.
 */
export const startChild = (
  program: string,
  layout: InfluxdLayout,
  ports: InfluxdPorts,
  ring: Ring,
  clock: Clock,
): Child => {
  const child = spawn(program, ['run', '-config', '/dev/null', '-pidfile', layout.pidFile], {
    cwd: layout.directory,
    env: influxdEnvironment(layout, ports),
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => ring.add(text));
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`it could not be started: ${error.message}`));
    child.once('exit', (code, by) => resolve(by === null ? `it ended with code ${code}` : `${by} ended it`));
  });
  return {
    pid: child.pid,
    ended,
    async stop() {
      child.kill('SIGTERM');
      const never = new AbortController().signal;
      if ((await within(clock, STOP_MS, never, () => ended)) === 'late') child.kill('SIGKILL');
      await ended;
    },
  };
};
