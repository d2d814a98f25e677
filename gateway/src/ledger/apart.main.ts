/** Reads the ledger for a gateway that is busy with other things: is asked once over the channel of its parent, answers and ends. */
import { ok } from '@outpost/schemas/words';
import { nodeDisk, openJournalReadOnly } from '../journal/index.ts';
import type { ApartAsked, ApartSaid } from './apart.ts';
import { ledgerPage } from './page.ts';

const stopping = new AbortController();

const answerTo = async ({ directory, ...asked }: ApartAsked): Promise<ApartSaid> => {
  const journal = await openJournalReadOnly({ directory, disk: nodeDisk() });
  return journal.ok ? ok(await ledgerPage(journal.value, asked, stopping.signal)) : journal;
};

// Nobody is left to tell.
process.once('disconnect', () => stopping.abort(new Error('the gateway has ended')));
process.once('message', (asked) => {
  void answerTo(asked as ApartAsked).then((said) => process.send?.(said, () => process.disconnect?.()));
});
