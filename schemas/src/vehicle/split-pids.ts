import { fail, fault, ok, type Result } from '../words/index.ts';
import { pidLengths } from './pids.ts';

/** One PID of a reply and its own data bytes. */
export interface PidBytes {
  readonly pid: number;
  readonly bytes: Uint8Array;
}

/** SAE J1979 allows six PIDs in one request on CAN; the same bound holds the search below. */
export const PIDS_PER_REQUEST_MAX = 6;

const malformed = (words: string): Result<readonly PidBytes[]> =>
  fail(fault('malformed', 'j1979.multi-pid', '01', words));

/**
 * Takes a reply to several PIDs apart (the bytes after `41`: PID, data, PID, data, …). A control unit may
 * answer a part of the request in any order. The reply is believed only if it can be cut in exactly one way
 * into requested PIDs, each at most once and each of a length that it can have; otherwise `malformed`, and
 * nothing is guessed.
 */
export const splitPids = (reply: Uint8Array, requested: readonly number[]): Result<readonly PidBytes[]> => {
  if (requested.length > PIDS_PER_REQUEST_MAX) {
    return malformed(`more than ${PIDS_PER_REQUEST_MAX} PIDs were requested at once`);
  }
  const cuts = cutsFrom(reply, 0, new Set(requested));
  const [only] = cuts;
  if (only === undefined) return malformed('the reply cannot be cut into the requested PIDs');
  if (cuts.length > 1) return malformed('the reply can be cut into the requested PIDs in more than one way');
  return only.length === 0 ? malformed('the reply is empty') : ok(only);
};

/**
 * Every way to cut the reply from `at` on into PIDs not yet seen; stops at two, which is already one too
 * many.
 */
const cutsFrom = (reply: Uint8Array, at: number, open: ReadonlySet<number>): PidBytes[][] => {
  if (at === reply.length) return [[]];
  const pid = reply[at] ?? 0;
  if (!open.has(pid)) return [];
  const rest = new Set(open);
  rest.delete(pid);
  const cuts: PidBytes[][] = [];
  for (const length of pidLengths(pid)) {
    const end = at + 1 + length;
    if (end > reply.length || cuts.length > 1) break;
    for (const tail of cutsFrom(reply, end, rest)) {
      cuts.push([{ pid, bytes: reply.subarray(at + 1, end) }, ...tail]);
    }
  }
  return cuts;
};
