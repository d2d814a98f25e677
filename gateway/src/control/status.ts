import type { DeviceStatus, Tally } from '@outpost/firmware-bridge';
import type { MonoNs } from '@outpost/schemas/words';
import type { AttestTally } from '../attest/attest.ts';
import type { BrokerView } from '../broker/broker.ts';
import type { NetworkLink } from '../networks/contract.ts';
import type { HeardView } from '../page/heard.ts';
import type { RecordTally } from '../record/tally.ts';
import type { AttachedLine } from '../settings/attached.ts';
import type { TaskState } from '../supervise.ts';

export interface DeviceView {
  readonly name: string;
  readonly adapter: string;
  readonly port: string;
  connected: boolean;
  /** What its port says of how it was opened; empty where there is nothing to say. */
  remark: string;
  status: DeviceStatus;
  lastReadingAt: string | undefined;
  /** Why its readings are refused now; empty while they are kept. */
  refusing: string;
  /** The latest of what its owner should hear of, oldest first. */
  readonly happenings: ShownHappening[];
  /** How often each has happened since the start. */
  readonly happened: Map<string, number>;
  /** Of these, what was counted alone because there was too much of it. */
  untold: number;
  readonly tally: Tally;
}

export interface ShownHappening {
  /** ISO 8601, by this box's clock. */
  readonly at: string;
  readonly what: string;
  readonly words: string;
}

export interface NetworkView {
  readonly name: string;
  readonly kind: string;
  readonly url: string;
  settled: number;
  refused: number;
  expired: number;
  unknown: number;
  /** Not sent because they are simulated or signed by a demo key and this network does not take such. */
  withheld: number;
  pending: number;
  /** Of these, how many are whose; only of networks that take attestations. */
  readonly unsent: Record<string, number>;
  /** Since when this program has tried to deliver what is next; undefined where nothing waits. */
  waitingSince: MonoNs | undefined;
  /** What stands in the way now; else the last refusal. */
  words: string;
  /** The last refusal, in the network's words. */
  refusal: string;
  /** What the network says of itself, which nobody need act on: a service that is gone, that it is off. */
  note?: string;
  /** Its connections, where it has one for each of several gateways. */
  links?: readonly NetworkLink[];
}

export interface StoreView {
  state: string;
  words: string;
  url: string | undefined;
  database: string | undefined;
  /** Records of the journal that points are made of. Invariant: made = stored + deadLettered + waiting. */
  made: number;
  stored: number;
  deadLettered: number;
  waiting: number;
  /** Why 1-minute roll-ups are not made now; empty while they are. */
  rollup: string;
}

/** Counted since the start. */
export interface DownlinkCounts {
  readonly given: number;
  /** Of these, what was not sent, for whatever reason. */
  readonly refused: number;
}

export interface JournalView {
  readonly start: string;
  readonly end: string;
  readonly bytes: number;
  readonly segments: number;
  /** What readings may still take: the lesser of the disk's and the cap's room. */
  readonly roomBytes: number;
  readonly damaged: number;
  readonly unread: Readonly<Record<string, number>>;
}

/** Everything that `outpost status` shows and that a script may read (`--json`); counters run since the start. */
export interface Status {
  readonly version: string;
  readonly pid: number;
  /** When this was so, by the box's clock: ISO 8601. */
  readonly at: string;
  readonly startedAt: string;
  readonly upSeconds: number;
  readonly rssMebibytes: number;
  readonly dataDirectory: string;
  readonly gatewayKey: string;
  readonly keyKind: string;
  readonly clockTrust: string;
  readonly devices: readonly DeviceView[];
  /** Serial lines of this box; none where this gateway is a part of another program. */
  readonly attached: readonly AttachedLine[];
  /** By the name of a device: what the hotspots behind it hear; nothing where no page is served. */
  readonly hears: Readonly<Record<string, readonly HeardView[]>>;
  /** By the name of a device: frames that it was told to send. */
  readonly downlinks: Readonly<Record<string, DownlinkCounts>>;
  /** Undefined where none is configured. */
  readonly broker: BrokerView | undefined;
  readonly record: RecordTally;
  readonly journal: JournalView;
  readonly attest: AttestTally;
  readonly store: StoreView;
  readonly networks: readonly NetworkView[];
  readonly tasks: readonly TaskState[];
}

/** Maps become plain objects; bigints, which have no number in JSON, become text. */
export const statusJson = (status: Status): string =>
  JSON.stringify(status, (_, value: unknown) =>
    value instanceof Map ? Object.fromEntries(value) : typeof value === 'bigint' ? value.toString() : value,
  );
