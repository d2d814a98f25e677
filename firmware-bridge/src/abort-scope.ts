/** A signal below another one that can also be aborted on its own. */
export interface AbortScope {
  readonly signal: AbortSignal;
  /** Without a reason, what waited is simply not wanted any more. */
  abort(reason?: unknown): void;
  /** Lets go of the parent. Call it when the scope ends, or a long-lived parent collects listeners. */
  release(): void;
}

/** Instead of the exception with a stack trace that an abort without a reason makes each time. */
const NOT_WANTED = Symbol('not wanted any more');

/**
 * `AbortSignal.any` would do, but Node 20 keeps every combined signal alive as long as its parents, and ours live
 * as long as the program.
 */
export const abortScope = (parent: AbortSignal): AbortScope => {
  const controller = new AbortController();
  const follow = (): void => controller.abort(parent.reason);
  if (parent.aborted) follow();
  else parent.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    abort: (reason = NOT_WANTED) => controller.abort(reason),
    release: () => parent.removeEventListener('abort', follow),
  };
};
