import type { Report } from '@outpost/schemas/evidence';

export type ToVerifier =
  | { readonly kind: 'begin'; readonly key: Uint8Array | undefined }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'end' };

export interface Taken {
  readonly attestations: number;
  readonly readings: number;
}

export type FromVerifier =
  | (Taken & { readonly kind: 'taken' })
  | { readonly kind: 'report'; readonly report: Report };

/** So much is on its way to the worker at once. */
const PIECE_BYTES = 64 * 1024;

/** One answer for each message that has one, in their order. */
const newConversation = (worker: Worker) => {
  let wake: ((from: FromVerifier) => void) | undefined;
  let stop: ((reason: Error) => void) | undefined;
  worker.onmessage = ({ data }: MessageEvent<FromVerifier>) => wake?.(data);
  worker.onerror = ({ message }) => stop?.(new Error(message));
  return {
    tell: (message: ToVerifier): void => worker.postMessage(message),
    ask: (message: ToVerifier): Promise<FromVerifier> =>
      new Promise((resolve, reject) => {
        [wake, stop] = [resolve, reject];
        worker.postMessage(message);
      }),
  };
};

async function* piecesOf(
  stream: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      signal.throwIfAborted();
      for (let at = 0; at < read.value.length; at += PIECE_BYTES)
        yield read.value.subarray(at, at + PIECE_BYTES);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/**
 * Verifies an evidence file as it comes, beside the page, by the same code as `outpost verify`. Without the browser's
 * own cryptography, which is not there over plain http; and without decoding frames again, for which `outpost verify`
 * has the adapters.
 */
export const verifyStream = async (
  stream: ReadableStream<Uint8Array>,
  key: Uint8Array | undefined,
  taken: (so: Taken) => void,
  signal: AbortSignal,
): Promise<Report> => {
  const worker = new Worker(new URL('./verify.worker.ts', import.meta.url), { type: 'module' });
  try {
    const { tell, ask } = newConversation(worker);
    tell({ kind: 'begin', key });
    for await (const bytes of piecesOf(stream, signal)) {
      const answer = await ask({ kind: 'bytes', bytes });
      signal.throwIfAborted();
      if (answer.kind === 'taken') taken(answer);
    }
    const last = await ask({ kind: 'end' });
    if (last.kind !== 'report') throw new Error('the verification ended without a report');
    return last.report;
  } finally {
    worker.terminate();
  }
};
