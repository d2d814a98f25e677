import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Terminal } from './context.ts';

/** Asks on the terminal itself, showing nothing of the answer. Undefined where nobody is there. */
const askSecret = async (question: string, signal: AbortSignal): Promise<string | undefined> => {
  if (process.stdin.isTTY !== true) return undefined;
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const asking = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return await asking.question('', { signal });
  } finally {
    asking.close();
    process.stderr.write('\n');
  }
};

/** The process's own channels; SIGINT and SIGTERM abort the signal, a second SIGINT ends at once. */
export const systemTerminal = (): Terminal => {
  const abort = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (abort.signal.aborted && name === 'SIGINT') process.exit(130);
      abort.abort(new Error(`stopped by ${name}`));
    });
  }
  for (const stream of [process.stdout, process.stderr]) {
    // Whoever reads may leave before the end, as `head` does; that is no failure of what is being done.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  return {
    out: (line) => process.stdout.write(`${line}\n`),
    err: (line) => process.stderr.write(`${line}\n`),
    secret: (question) => askSecret(question, abort.signal),
    env: process.env,
    signal: abort.signal,
  };
};
