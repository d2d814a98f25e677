/**
 * The five expected failures, each with exactly one policy:
 *
 * - `malformed`: bytes that are no frame. Quarantine that item with its reason and raw bytes, go on.
 * - `unreachable`: port unplugged, broker or database away. Retry with backoff; nothing is lost.
 * - `refused`: the other side understood and said no. Never retry; settle with its code and words.
 * - `untrusted`: a signature or key does not hold. Keep aside, tell the operator, do not deliver.
 * - `misconfigured`: unknown adapter, bad address. Stop at start with exit code 78.
 *
 * An abort is not a fault (it is the signal's reason) and neither is a Bug (an exception).
 */
export type FaultKind = 'malformed' | 'unreachable' | 'refused' | 'untrusted' | 'misconfigured';

export interface Fault {
  readonly kind: FaultKind;
  /** A short stable name for counting: `elm327.echo-mismatch`, `tcp.refused`. */
  readonly code: string;
  /** What was being touched: a port's address, a file, a key of the configuration. */
  readonly where: string;
  /** One sentence for a person: what is wrong and, where there is something to do, what to do. Never a secret. */
  readonly words: string;
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: Fault };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
export const fail = (fault: Fault): { readonly ok: false; readonly fault: Fault } => ({ ok: false, fault });

export const fault = (kind: FaultKind, code: string, where: string, words: string): Fault => ({
  kind,
  code,
  where,
  words,
});

/** The one place where a fault becomes the sentence that a person reads. */
export const sentence = ({ where, words }: Fault): string => `${where}: ${words}`;

/** Process exit code of a configuration that cannot work (EX_CONFIG of sysexits.h); systemd does not restart it. */
export const EXIT_MISCONFIGURED = 78;
