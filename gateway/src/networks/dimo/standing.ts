import type { Clock, WallNs } from '@outpost/schemas/words';
import type { NetworkSettings } from '../contract.ts';
import { tokenDid } from './codec.ts';
import { checkSettings, type DimoSettings } from './settings.ts';
import type { Forecast } from './week.ts';
import { openWeeks } from './weeks-file.ts';

/** A vehicle and what its week is worth as things stand. */
export interface Standing extends Forecast {
  readonly device: string;
  readonly did: string;
}

/** Of every vehicle, from what this box knows, read anew: the owner's command writes to it too. */
export const standingsOf = async (
  { chain, vehicles }: Pick<DimoSettings, 'chain' | 'vehicles'>,
  directory: string,
  now: WallNs,
): Promise<readonly Standing[]> => {
  const weeks = await openWeeks(directory, () => undefined);
  return [...vehicles].map(([device, { token }]) => {
    const did = tokenDid(chain.id, chain.vehicle, token);
    return { device, did, ...weeks.forecast(did, now) };
  });
};

/** One sentence for each vehicle. */
export const standing = async (
  settings: NetworkSettings,
  directory: string,
  now: WallNs,
): Promise<readonly string[]> => {
  const checked = checkSettings(settings);
  if (!checked.ok) return [];
  const standings = await standingsOf(checked.value, directory, now);
  return standings.map(({ device, words }) => `${device}: ${words}`);
};

const AGAIN_MS = 60_000;

/** Keeps the status told of every vehicle's week until the signal aborts. */
export const tellStanding = async (
  settings: NetworkSettings,
  { directory, clock, note }: TellParts,
  signal: AbortSignal,
): Promise<void> => {
  while (!signal.aborted) {
    note((await standing(settings, directory, clock.wall())).join(' '));
    await clock.sleep(AGAIN_MS, signal);
  }
};

export interface TellParts {
  readonly directory: string;
  readonly clock: Clock;
  note(words: string): void;
}
