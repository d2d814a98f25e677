import type { StreamId, WallNs } from '@outpost/schemas/words';
import type { LedgerNetwork } from './networks.ts';
import type { Predictor } from './predictor.ts';

export interface LedgerOptions {
  readonly networks: readonly LedgerNetwork[];
  /** Of this network alone. */
  readonly network?: string | undefined;
  readonly device?: string | undefined;
  /** What was made or has ended since. */
  readonly since?: WallNs | undefined;
  /** Every reading of networks that take single ones, not only their sums. */
  readonly readings?: boolean;
  /** Asked for everything with a network; its answers are compared with what came. */
  readonly predictor?: Predictor | undefined;
}

export const deviceOf = (stream: StreamId): string => stream.slice(0, stream.indexOf('/'));

export const isOfDevice = ({ device }: LedgerOptions, stream: StreamId): boolean =>
  device === undefined || deviceOf(stream) === device;

export const isOfNetwork = ({ network }: LedgerOptions, name: string): boolean =>
  network === undefined || network === name;

export const isSince = ({ since }: LedgerOptions, wall: WallNs): boolean =>
  since === undefined || wall >= since;
