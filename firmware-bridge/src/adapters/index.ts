import type { Body } from '@outpost/schemas/words';
import type { Adapter } from '../adapter.ts';

/** What a folder of this one gives. */
export interface AdapterModule {
  readonly adapter: Adapter;
  /**
   * Computes again what a reading's raw bytes say. Pure, so that evidence can be checked where no device is. Not
   * there where the frames of an adapter cannot be read by themselves.
   */
  readonly redecode?: (raw: Uint8Array) => readonly Body[];
}

/** One line per kind of device, by the name that the configuration uses. Only those that are asked for are loaded. */
const FOLDERS: ReadonlyMap<string, () => Promise<AdapterModule>> = new Map<
  string,
  () => Promise<AdapterModule>
>([
  ['basics-station', () => import('./basics-station/index.ts')],
  ['chirpstack', () => import('./chirpstack/index.ts')],
  ['elm327', () => import('./elm327/index.ts')],
  ['firmata', () => import('./firmata/index.ts')],
  ['gpsd', () => import('./gpsd/index.ts')],
  ['gwmp', () => import('./gwmp/index.ts')],
  ['kiss', () => import('./kiss/index.ts')],
  ['lora-e5', () => import('./lora-e5/index.ts')],
  ['m3ter', () => import('./m3ter/index.ts')],
  ['mapped', () => import('./mapped/index.ts')],
  ['meshtastic', () => import('./meshtastic/index.ts')],
  ['nmea', () => import('./nmea/index.ts')],
  ['rn2483', () => import('./rn2483/index.ts')],
  ['rnode', () => import('./rnode/index.ts')],
  ['rui3', () => import('./rui3/index.ts')],
  ['rylr', () => import('./rylr/index.ts')],
  ['signed', () => import('./signed/index.ts')],
  ['slcan', () => import('./slcan/index.ts')],
  ['ovms', () => import('./ovms/index.ts')],
  ['wican', () => import('./wican/index.ts')],
]);

/** Every kind of device that can be spoken to. */
export const ADAPTER_NAMES: readonly string[] = [...FOLDERS.keys()];

/** How that kind of device is spoken to; undefined where there is no such kind. */
export const loadAdapter = async (name: string): Promise<AdapterModule | undefined> =>
  await FOLDERS.get(name)?.();
