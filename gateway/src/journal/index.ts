export * from './contract.ts';
export { type Disk, type DiskFile, nodeDisk, type OpenMode } from './disk.ts';
export type { Migration } from './format.ts';
export { type Holder, thisProcess } from './holder.ts';
export { type JournalOptions, openJournal } from './open.ts';
export * from './state.ts';
export { type JournalView, type JournalViewOptions, openJournalReadOnly } from './view.ts';
