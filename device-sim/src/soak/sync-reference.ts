import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What a program noted that does nothing but write through to the disk. All in ms of the machine's clock. */
export interface SyncRecord {
  /** Arrivals, and how long after each it was on the disk. */
  readonly dueMs: number[];
  readonly durableMs: number[];
  /** Writes, and how long each took. */
  readonly writtenAtMs: number[];
  readonly writeMs: number[];
}

const CHILD = fileURLToPath(new URL('./sync-reference.child.js', import.meta.url));

/** Starts it on a file of the disk that is measured; `stop` ends it and gives what it noted. */
export const startSyncReference = (
  path: string,
  perSecond: number,
): { readonly stop: () => Promise<SyncRecord> } => {
  const child = spawn(process.execPath, [CHILD, path, String(perSecond)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const closed = once(child, 'close');
  return {
    stop: async () => {
      child.stdin.end();
      const [code] = await closed;
      if (code !== 0) throw new Error(`the reference for the disk ended with ${String(code)}`);
      return JSON.parse(said) as SyncRecord;
    },
  };
};
