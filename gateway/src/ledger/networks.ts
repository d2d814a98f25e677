import type { NetworkConfig } from '@outpost/schemas/config';
import { networkOfReader } from '../deliver/reader.ts';
import type { Offset } from '../journal/contract.ts';
import type { AnyNetwork, NetworkKind } from '../networks/contract.ts';
import { loadKind } from '../networks/index.ts';

/** A network as the ledger knows it: from the configuration, from the journal's readers, or from both. */
export interface LedgerNetwork {
  readonly name: string;
  /** Undefined where no configuration was read, or it no longer names the network. */
  readonly config: NetworkConfig | undefined;
  readonly kind: NetworkKind | undefined;
  /** Undefined where only its entries in the journal can tell. */
  readonly follows: AnyNetwork['follows'] | undefined;
  /** Everything before this place is done with. */
  readonly position: Offset;
}

interface Reader {
  readonly name: string;
  readonly position: Offset;
}

/** Every network that is configured, or has a reader from a time when it was. */
export const ledgerNetworks = async (
  configured: readonly NetworkConfig[],
  readers: readonly Reader[],
): Promise<readonly LedgerNetwork[]> => {
  const positions = new Map(readers.map(({ name, position }) => [networkOfReader(name), position]));
  const former = [...positions.keys()].filter(
    (name): name is string => name !== undefined && configured.every((each) => each.name !== name),
  );
  const known = await Promise.all(
    configured.map(async (config): Promise<LedgerNetwork> => {
      const kind = await loadKind(config.network);
      const follows = typeof kind?.follows === 'function' ? kind.follows(config) : kind?.follows;
      const position = positions.get(config.name) ?? (0n as Offset);
      return { name: config.name, config, kind, follows, position };
    }),
  );
  return [
    ...known,
    ...former.map(
      (name): LedgerNetwork => ({
        name,
        config: undefined,
        kind: undefined,
        follows: undefined,
        position: positions.get(name) ?? (0n as Offset),
      }),
    ),
  ];
};
