import { readAttestation } from '@outpost/schemas/evidence';
import { type ClockAnchor, type WallNs, wallAt } from '@outpost/schemas/words';
import type { Kept, Offset } from '../journal/contract.ts';
import type { JournalView } from '../journal/index.ts';
import { type Aside, KIND, readAside, readAttested } from '../record/entry.ts';

/** Something in quarantine, by the place where the journal keeps it. */
export interface Quarantined extends Aside {
  readonly offset: Offset;
  /** By the clock of the last attestation before it; undefined where there was none. */
  readonly wall: WallNs | undefined;
}

const anchorOf = (entry: Kept): ClockAnchor | undefined => {
  const attested = readAttested(entry.bytes);
  const attestation = attested.ok ? readAttestation(attested.value.bytes) : attested;
  return attestation.ok ? attestation.value.statement.anchor : undefined;
};

/** Everything in quarantine that the journal still holds, oldest first; what is damaged is left out. */
export async function* quarantineOf(journal: JournalView): AsyncGenerator<Quarantined, void, void> {
  let anchor: ClockAnchor | undefined;
  for await (const entry of journal.read(journal.start, journal.end)) {
    if (entry.kind === KIND.attestation) anchor = anchorOf(entry) ?? anchor;
    // A new run begins its own monotonic clock, which the anchor before says nothing of.
    if (entry.kind === KIND.opened) anchor = undefined;
    if (entry.kind !== KIND.quarantined) continue;
    const aside = readAside(entry.bytes);
    if (!aside.ok) continue;
    const wall = anchor === undefined ? undefined : wallAt(anchor, aside.value.mono);
    yield { ...aside.value, offset: entry.offset, wall };
  }
}
