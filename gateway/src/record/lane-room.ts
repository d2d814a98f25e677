import { type Fault, fault, type Lane } from '@outpost/schemas/words';
import type { JournalState } from '../journal/state.ts';

const MIB = 1 << 20;

/**
 * What the coverage lane leaves of the room that readings have at all: an hour of hundreds of readings a second. On
 * a small journal it is an eighth of the cap.
 */
export const COVERAGE_RESERVE_BYTES: number = 64 * MIB;

/** Who may write while room runs short. */
export interface LaneRoom {
  /** Undefined where that lane may write now; else why not. */
  admit(lane: Lane): Fault | undefined;
}

const mebibytes = (bytes: number): string => `${Math.floor(bytes / MIB)} MiB`;

const closed = (code: string, where: string, bytes: number, reserveBytes: number, what: string): Fault =>
  fault(
    'refused',
    code,
    where,
    `${mebibytes(bytes)} are left ${what}, which are kept for telemetry; coverage is recorded again by itself ` +
      `from ${mebibytes(2 * reserveBytes)} on.`,
  );

/**
 * The lower lane yields first: coverage is refused while less than the reserve is left on the disk or under the
 * journal's cap, and taken again at twice the reserve, so that it does not flutter at the edge. Telemetry goes on until
 * the journal itself has no room.
 */
export const newLaneRoom = (
  journal: Pick<JournalState, 'room'>,
  { directory, bytesMax }: { readonly directory: string; readonly bytesMax: number },
): LaneRoom => {
  const capReserveBytes = Math.min(COVERAGE_RESERVE_BYTES, Math.floor(bytesMax / 8));
  let isClosed = false;

  const obstacle = (): Fault | undefined => {
    const { diskBytes, capBytes } = journal.room();
    const times = isClosed ? 2 : 1;
    if (diskBytes !== undefined && diskBytes < times * COVERAGE_RESERVE_BYTES) {
      return closed('coverage.disk-full', directory, diskBytes, COVERAGE_RESERVE_BYTES, 'on the disk');
    }
    return capBytes < times * capReserveBytes
      ? closed('coverage.journal-full', directory, capBytes, capReserveBytes, 'under journal.mebibytesMax')
      : undefined;
  };

  return {
    admit(lane) {
      if (lane === 'telemetry') return undefined;
      const why = obstacle();
      isClosed = why !== undefined;
      return why;
    },
  };
};
