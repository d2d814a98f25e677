import type { Place } from '@outpost/schemas/privacy';
import type { Clock, DownlinkItem, ReceptionBody } from '@outpost/schemas/words';

/** What a hotspot can do with what it hears: the language in which it speaks to whoever collects. */
export interface HotspotFace extends AsyncDisposable {
  /** In the order in which they were heard. */
  heard(frames: readonly ReceptionBody[]): void;
  /** In a few words, for the summary. */
  tally(): Readonly<Record<string, number>>;
}

/** What a face is given. */
export interface FaceParts {
  /** What it calls itself: 16 lower-case hex digits. */
  readonly eui: string;
  /** Of its tokens. */
  readonly seed: number;
  /** The time of the simulated world, as fast as it runs. */
  readonly clock: Clock;
  /** The concentrator's counter now, µs. */
  readonly counterUs: number;
  /** Where it says that it is, when it is asked. */
  place(): Place | undefined;
  /** What it was told to send; `startUs` by the counter, without its wraps since `counterUs`. */
  send(item: DownlinkItem, startUs: number): void;
}

export type OpenFace = (parts: FaceParts) => Promise<HotspotFace>;

/** In whole 10^-7 degrees, as gateways say it. */
export const gnssPlace = (place: Place | undefined): ReceptionBody['location'] =>
  place && {
    latitude: Math.round(place.latitude),
    longitude: Math.round(place.longitude),
    altitudeCm: undefined,
    source: 'gnss',
  };
