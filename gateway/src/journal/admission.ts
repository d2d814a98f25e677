import type { Fault } from '@outpost/schemas/words';
import type { Urgency } from './contract.ts';
import { diskFull, journalBusy, journalFull } from './errors.ts';
import { capReserveBytes, PENDING_BYTES_MAX } from './limits.ts';
import type { Retention } from './retention.ts';
import type { Space } from './space.ts';
import type { JournalRoom } from './state.ts';

export interface AdmissionLimits {
  readonly directory: string;
  readonly bytesMax: number;
  readonly freeBytesMin: number;
}

export interface AdmissionTally {
  refusedFull: number;
  refusedDiskFull: number;
  refusedBusy: number;
}

/**
 * Whether there is room for an append. All but `now` leave a reserve under the cap and on the disk, so that what the
 * box has to write still fits when readings do not, and what is there can be sent and then deleted.
 */
export interface Admission {
  readonly tally: Readonly<AdmissionTally>;
  admit(bytes: number, pendingBytes: number, urgency: Urgency): Fault | undefined;
  room(pendingBytes: number): JournalRoom;
  /** A write found the disk full, to which `appends` were lost. */
  ranOut(appends: number): void;
}

export const newAdmission = (
  { directory, bytesMax, freeBytesMin }: AdmissionLimits,
  retention: Retention,
  space: Space,
): Admission => {
  const tally: AdmissionTally = { refusedFull: 0, refusedDiskFull: 0, refusedBusy: 0 };

  return {
    tally,
    admit(bytes, pendingBytes, urgency) {
      const addedBytes = bytes + pendingBytes;
      if (addedBytes > PENDING_BYTES_MAX) {
        tally.refusedBusy += 1;
        return journalBusy(directory, pendingBytes);
      }
      const heldBytes = retention.unsettledBytes;
      const capBytes = urgency === 'now' ? bytesMax : bytesMax - capReserveBytes(bytesMax);
      if (heldBytes + addedBytes > capBytes) {
        tally.refusedFull += 1;
        return journalFull(directory, heldBytes, bytesMax);
      }
      const { freeBytes } = space;
      if (urgency !== 'now' && freeBytes !== undefined && freeBytes < freeBytesMin + addedBytes) {
        tally.refusedDiskFull += 1;
        space.look();
        return diskFull(directory, freeBytes);
      }
      return undefined;
    },
    room(pendingBytes) {
      space.look();
      const { freeBytes } = space;
      const left = (bytes: number): number => Math.max(0, bytes - pendingBytes);
      return {
        diskBytes: freeBytes === undefined ? undefined : left(freeBytes - freeBytesMin),
        capBytes: left(bytesMax - capReserveBytes(bytesMax) - retention.unsettledBytes),
      };
    },
    ranOut(appends) {
      tally.refusedDiskFull += appends;
      space.ranOut();
    },
  };
};
