/** The wire of Helium's coverage services, both directions, for whoever plays their other end. */
export { BOOK_FILE } from './beacon-book.ts';
export * from './codec.ts';
export { heliumCoverage } from './network.ts';
export { reportOf } from './stream.ts';
