/** Waits for an outcome, or rejects with the signal's reason; the listener never outlives the wait. */
export const unlessAborted = <T>(
  signal: AbortSignal,
  start: (resolve: (value: T) => void) => void,
): Promise<T> =>
  new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    start((value) => {
      signal.removeEventListener('abort', abort);
      resolve(value);
    });
  });
