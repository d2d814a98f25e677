import type { Journal } from '../journal/contract.ts';
import type { JournalState } from '../journal/state.ts';

/** A journal in use, or the view of one. */
export type LedgerSource = Pick<Journal & JournalState, 'start' | 'end' | 'read' | 'spans' | 'contextAt'>;
