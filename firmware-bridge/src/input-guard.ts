import { type Fault, fault } from '@outpost/schemas/words';

/** What is known of a device's inputs at which this program itself failed. The gateway keeps it over restarts. */
export interface InputGuard {
  /** These bytes are worked on from here on, until the next call; undefined: nothing that the device said. */
  at(raw: Uint8Array | undefined): void;
  /** True for bytes that are to be quarantined unread, because this program failed at them too often. */
  isSetAside(raw: Uint8Array): boolean;
}

/** For whoever counts no failures. */
export const NO_GUARD: InputGuard = { at: () => undefined, isSetAside: () => false };

export const setAside = (where: string): Fault =>
  fault(
    'malformed',
    'device.set-aside',
    where,
    'this program failed at these bytes again and again, so they are quarantined unread; please report them.',
  );
