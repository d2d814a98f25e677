import { isReception, receptionTaker, type SignedReception } from '@outpost/schemas/radio';
import { evidenceItems } from '../evidence-items.ts';

/** The receptions of a file that was verified before. */
export async function* receptionsOf(file: string, signal: AbortSignal): AsyncGenerator<SignedReception> {
  const take = receptionTaker();
  for await (const item of evidenceItems(file, signal)) {
    const signed = item.ok ? take(item.value) : undefined;
    if (signed !== undefined && isReception(signed)) yield signed;
  }
}

interface Head {
  readonly signed: SignedReception;
  readonly source: AsyncIterator<SignedReception>;
}

/**
 * Several files as one, each in its own order, and among them whatever is oldest first, so that what two boxes heard of
 * one frame comes together. Holds one reception of each.
 */
export async function* merged(
  sources: readonly AsyncIterable<SignedReception>[],
): AsyncGenerator<SignedReception> {
  const heads: Head[] = [];
  for (const each of sources) {
    const source = each[Symbol.asyncIterator]();
    const next = await source.next();
    if (next.done !== true) heads.push({ signed: next.value, source });
  }
  while (heads.length > 0) {
    let at = 0;
    for (const [i, { signed }] of heads.entries()) if (signed.wall < (heads[at]?.signed.wall ?? 0n)) at = i;
    const head = heads[at];
    if (head === undefined) return;
    yield head.signed;
    const next = await head.source.next();
    if (next.done === true) heads.splice(at, 1);
    else heads[at] = { signed: next.value, source: head.source };
  }
}
