import { createReadStream } from 'node:fs';
import { type EvidenceItem, evidenceReader } from '@outpost/schemas/evidence';
import type { Result } from '@outpost/schemas/words';

/** The items of a file as it is read, in pieces of at most 64 KiB, and at most one fault, which is the last. */
export async function* evidenceItems(
  file: string,
  signal: AbortSignal,
): AsyncGenerator<Result<EvidenceItem>> {
  const reader = evidenceReader();
  for await (const chunk of createReadStream(file, { signal }))
    yield* reader.push(new Uint8Array(chunk as Uint8Array));
  const end = reader.end();
  if (!end.ok) yield end;
}
