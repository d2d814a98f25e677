import type { Report } from '@outpost/schemas/evidence';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { refusalWords } from '../api.ts';
import { type Taken, verifyStream } from './verifier.ts';

export type Verifying =
  | { readonly state: 'idle' }
  | { readonly state: 'running'; readonly taken: Taken }
  | { readonly state: 'done'; readonly what: string; readonly report: Report }
  | { readonly state: 'failed'; readonly words: string };

/** A file that somebody chose, or a path of the box to fetch one from. */
export type Source = File | string;

const streamOf = async (
  source: Source,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array> | string> => {
  if (typeof source !== 'string') return source.stream();
  const response = await fetch(source, { credentials: 'same-origin', signal });
  if (!response.ok) return refusalWords(response);
  return response.body ?? 'The box sent nothing.';
};

export interface Verify {
  readonly now: Verifying;
  /** @param what names it for whoever reads the report */
  start(source: Source, what: string, key: Uint8Array | undefined): void;
}

const NOTHING: Taken = { attestations: 0, readings: 0 };

/** One verification at a time; a new one, or leaving the view, ends the one before. */
export const useVerify = (): Verify => {
  const [now, setNow] = useState<Verifying>({ state: 'idle' });
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const start = useCallback((source: Source, what: string, key: Uint8Array | undefined): void => {
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    const say = (said: Verifying): void => {
      if (!mine.signal.aborted) setNow(said);
    };
    const run = async (): Promise<void> => {
      const stream = await streamOf(source, mine.signal);
      if (typeof stream === 'string') return say({ state: 'failed', words: stream });
      const taken = (so: Taken): void => say({ state: 'running', taken: so });
      say({ state: 'done', what, report: await verifyStream(stream, key, taken, mine.signal) });
    };
    setNow({ state: 'running', taken: NOTHING });
    run().catch(() => say({ state: 'failed', words: 'It could not be read to its end. Try again.' }));
  }, []);
  return { now, start };
};
