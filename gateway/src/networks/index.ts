import { fail, fault, type Result } from '@outpost/schemas/words';
import type { AnyNetwork, NetworkContext, NetworkKind, NetworkSettings } from './contract.ts';

/** Every kind of network, one line each. Only those that are asked for are loaded. */
const FOLDERS: ReadonlyMap<string, () => Promise<NetworkKind>> = new Map([
  ['m3ter', async () => (await import('./m3ter/network.ts')).m3ter],
  ['chirpstack', async () => (await import('./chirpstack/network.ts')).chirpstack],
  ['mqtt', async () => (await import('./mqtt/network.ts')).mqtt],
  ['dimo', async () => (await import('./dimo/network.ts')).dimo],
  ['webhook', async () => (await import('./webhook/network.ts')).webhook],
  ['helium', async () => (await import('./helium/network.ts')).helium],
  ['helium-coverage', async () => (await import('./helium-coverage/network.ts')).heliumCoverage],
  ['outpost', async () => (await import('./outpost/network.ts')).outpost],
]);

export const NETWORK_KINDS: readonly string[] = [...FOLDERS.keys()];

/** Undefined where there is no such kind. */
export const loadKind = async (kind: string): Promise<NetworkKind | undefined> => await FOLDERS.get(kind)?.();

/** Makes the configured network of a kind; an unknown kind and wrong settings are `misconfigured`. */
export const openNetwork = async (
  kind: string,
  settings: NetworkSettings,
  context: NetworkContext,
): Promise<Result<AnyNetwork>> => {
  const found = await loadKind(kind);
  if (found !== undefined) return await found.open(settings, context);
  const words = `"${kind}" is no kind of network; known are: ${NETWORK_KINDS.join(', ')}.`;
  return fail(fault('misconfigured', 'network.unknown', `network ${settings.name}`, words));
};
