import { type Fault, fault } from '@outpost/schemas/words';
import type { Offset } from '../journal/contract.ts';
import type { LiveDelivery, LiveNetwork, LiveOutcome } from '../networks/contract.ts';

/** A reading of the journal on its way to a network. */
export interface LiveWaiting {
  readonly offset: Offset;
  readonly delivery: LiveDelivery;
}

export interface LiveEnded {
  readonly offset: Offset;
  readonly outcome: Exclude<LiveOutcome, { readonly kind: 'kept' }>;
}

/** What one pass over what waits came to. */
export interface LivePass {
  readonly ended: readonly LiveEnded[];
  /** In the order of the journal. */
  readonly left: readonly LiveWaiting[];
  readonly retryAfterMs: number;
  readonly fault: Fault | undefined;
  /** A Bug, once nothing is under way any more, and the readings at which there was one. */
  readonly failed: { readonly error: unknown; readonly at: readonly Offset[] } | undefined;
}

const stopped = (network: string): Fault =>
  fault('unreachable', 'network.stopped', `network ${network}`, 'does not take readings now.');

/**
 * Sends in the order of the journal, with at most `windowMax` under way. Once the network keeps one, no other is
 * begun, so that nothing overtakes what has to be sent again.
 */
export const passOnce = async (
  network: LiveNetwork,
  waiting: readonly LiveWaiting[],
  windowMax: number,
  signal: AbortSignal,
): Promise<LivePass> => {
  const ended: LiveEnded[] = [];
  const left: LiveWaiting[] = [];
  const running = new Set<Promise<void>>();
  let kept: Extract<LiveOutcome, { readonly kind: 'kept' }> | undefined;
  let failed: { readonly error: unknown; readonly at: Offset[] } | undefined;

  const send = async (each: LiveWaiting): Promise<void> => {
    try {
      const outcome = await network.deliver(each.delivery, signal);
      if (outcome.kind === 'kept') {
        kept ??= outcome;
        left.push(each);
      } else ended.push({ offset: each.offset, outcome });
    } catch (error) {
      failed ??= { error, at: [] };
      failed.at.push(each.offset);
      left.push(each);
    }
  };

  for (const each of waiting) {
    if (running.size >= windowMax) await Promise.race(running);
    if (kept !== undefined || failed !== undefined) {
      left.push(each);
      continue;
    }
    const sending = send(each).finally(() => running.delete(sending));
    running.add(sending);
  }
  await Promise.all(running);
  left.sort((a, b) => (a.offset < b.offset ? -1 : 1));
  const why = kept?.fault ?? (left.length > 0 ? stopped(network.name) : undefined);
  return { ended, left, retryAfterMs: kept?.retryAfterMs ?? 0, fault: why, failed };
};
