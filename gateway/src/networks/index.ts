import { fail, fault, type Result } from '@outpost/schemas/words';
import type { Network, NetworkContext, NetworkKind, NetworkSettings } from './contract.ts';
import { outpost } from './outpost/network.ts';

/** Every kind of network, one line each. */
export const NETWORKS: readonly NetworkKind[] = [outpost];

/** Makes the configured network of a kind; an unknown kind and wrong settings are `misconfigured`. */
export const openNetwork = (
  kind: string,
  settings: NetworkSettings,
  context: NetworkContext,
): Result<Network> => {
  const found = NETWORKS.find((each) => each.kind === kind);
  if (found !== undefined) return found.open(settings, context);
  const known = NETWORKS.map((each) => each.kind).join(', ');
  const words = `"${kind}" is no kind of network; known are: ${known}.`;
  return fail(fault('misconfigured', 'network.unknown', `network ${settings.name}`, words));
};
