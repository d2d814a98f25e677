/**
 * Runs loops side by side as one: when one ends or throws, the others are told to stop and waited for, and the first
 * error is the error of all. An abort from outside is no error.
 */
export const together = async (
  signal: AbortSignal,
  ...loops: readonly ((signal: AbortSignal) => Promise<void>)[]
): Promise<void> => {
  const inner = new AbortController();
  const both = AbortSignal.any([signal, inner.signal]);
  let first: { readonly error: unknown } | undefined;
  await Promise.all(
    loops.map(async (loop) => {
      try {
        await loop(both);
      } catch (error) {
        if (!both.aborted) first ??= { error };
      } finally {
        inner.abort(new Error('a loop beside this one ended'));
      }
    }),
  );
  if (first !== undefined) throw first.error;
};
