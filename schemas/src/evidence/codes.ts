import type {
  Authentication,
  CodesBody,
  EpochReason,
  FixKind,
  GapReason,
  IdentityOf,
  Origin,
  ReceptionBody,
  ReceptionPlace,
  RedactedBody,
  TimeTrust,
  TripEndReason,
  TripStartReason,
} from '../words/index.ts';
import { type ClosedList, closedList } from './closed-list.ts';

/** Format version of every signed thing in this folder. */
export const FORMAT_VERSION = 1;

/**
 * Where the signing key lives: an open file, a file sealed by the machine's hardware, a device that signs for
 * itself; or a demonstration's key, which vouches for nothing.
 */
export type KeyKind = 'file' | 'sealed' | 'hardware' | 'demo';

export type RevocationReason = 'retired' | 'lost' | 'compromised';

/** Whose key a rotation replaces. */
export type KeyRole = 'gateway' | 'device';

export const TRUST: ClosedList<TimeTrust> = closedList({ none: 0, rtc: 1, ntp: 2, gnss: 3 });
export const ORIGIN: ClosedList<Origin> = closedList({ live: 1, simulated: 2, replayed: 3 });

export const AUTHENTICATION: ClosedList<Authentication> = closedList({
  none: 0,
  wired: 1,
  password: 2,
  mtls: 3,
  signature: 4,
});

export const EPOCH_REASON: ClosedList<EpochReason> = closedList({
  started: 1,
  restored: 2,
  imported: 3,
  'tail-lost': 4,
  interrupted: 5,
});

export const KEY_KIND: ClosedList<KeyKind> = closedList({ file: 1, sealed: 2, hardware: 3, demo: 4 });
export const KEY_ROLE: ClosedList<KeyRole> = closedList({ gateway: 1, device: 2 });

export const REVOCATION_REASON: ClosedList<RevocationReason> = closedList({
  retired: 1,
  lost: 2,
  compromised: 3,
});

export const CODES_STATUS: ClosedList<CodesBody['status']> = closedList({
  stored: 1,
  pending: 2,
  permanent: 3,
});

export const IDENTITY_OF: ClosedList<IdentityOf> = closedList({
  adapter: 1,
  protocol: 2,
  vin: 3,
  'calibration-id': 4,
  'calibration-verification': 5,
  'ecu-name': 6,
});

export const GAP_REASON: ClosedList<GapReason> = closedList({
  disconnected: 1,
  limit: 2,
  'disk-full': 3,
  refused: 4,
  'tail-lost': 5,
  clock: 6,
});

export const FIX_KIND: ClosedList<FixKind> = closedList({
  estimated: 1,
  '2d': 2,
  '3d': 3,
  differential: 4,
  rtk: 5,
});

export const TRIP_START: ClosedList<TripStartReason> = closedList({ 'run-time': 1, engine: 2, movement: 3 });

export const TRIP_END: ClosedList<TripEndReason> = closedList({
  'engine-off': 1,
  standstill: 2,
  silence: 3,
  'new-start': 4,
  limit: 5,
});

export const REDACTED_WHAT: ClosedList<RedactedBody['what']> = closedList({ position: 1 });
export const REDACTED_REASON: ClosedList<RedactedBody['reason']> = closedList({ zone: 1, unreadable: 2 });

export const RECEPTION_DIRECTION: ClosedList<ReceptionBody['direction']> = closedList({ heard: 1, sent: 2 });

export const RECEPTION_CRC: ClosedList<ReceptionBody['crc']> = closedList({
  unknown: 0,
  ok: 1,
  bad: 2,
  none: 3,
});

export const PLACE_SOURCE: ClosedList<ReceptionPlace['source']> = closedList({ gnss: 1, configured: 2 });
