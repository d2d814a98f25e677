import { type Place, type PrivacyZone, zoneOf } from '@outpost/schemas/privacy';
import {
  type Body,
  equalBytes,
  type Observation,
  type Origin,
  type RedactedBody,
} from '@outpost/schemas/words';
import type { Observed, Quarantined } from './adapter.ts';

/** In the order of time, and in their own where that is the same. */
const byTime = (a: Observation, b: Observation): number => Number(a.mono - b.mono);

const NOTHING = new Uint8Array(0);

const mark = (reason: RedactedBody['reason']): RedactedBody => ({
  kind: 'redacted',
  what: 'position',
  reason,
});

/**
 * Where a body says that something of the owner's is. The place of an antenna that its owner wrote into its settings
 * is none of these: he has told it in order that it be known.
 */
const placeIn = (body: Body): Place | undefined => {
  if (body.kind === 'position') return body;
  return body.kind === 'reception' && body.location?.source === 'gnss' ? body.location : undefined;
};

const isSecretBody = (body: Body, zones: readonly PrivacyZone[]): boolean => {
  const place = placeIn(body);
  return place !== undefined && zoneOf(place, zones) !== undefined;
};

/** A position leaves a mark; what a radio heard stays worth something without the place. */
const withoutPlace = (body: Body): Body =>
  body.kind === 'reception' ? { ...body, location: undefined } : mark('zone');

export interface RedactParts {
  readonly zones: readonly PrivacyZone[];
  readonly bearsPosition: boolean;
  /** Of what the device said last; a mark is of the same. */
  readonly origin: Origin;
}

/**
 * Takes out of what an adapter brought whatever says where the box is, before anything is kept or signed: a position
 * inside a zone becomes a `redacted` mark without its frame, a reception of an antenna inside loses place and frame,
 * and whatever else the same frame said loses the frame.
 * Of an adapter whose frames bear positions (`bearsPosition`) a frame that cannot be read may hold one too: it is
 * quarantined without its bytes, and a mark says so.
 */
export const redact = (observed: Observed, { zones, bearsPosition, origin }: RedactParts): Observed => {
  if (zones.length === 0) return observed;
  const secret = observed.readings.flatMap(({ body, raw }) => (isSecretBody(body, zones) ? [raw] : []));
  const isSecret = (raw: Uint8Array): boolean => secret.some((frame) => equalBytes(frame, raw));
  const readings = observed.readings.map((reading): Observation => {
    const { body, raw } = reading;
    if (isSecretBody(body, zones)) return { ...reading, body: withoutPlace(body), raw: NOTHING };
    return isSecret(raw) ? { ...reading, raw: NOTHING } : reading;
  });
  const quarantined = observed.quarantined.map(
    (item): Quarantined => (bearsPosition || isSecret(item.raw) ? { ...item, raw: NOTHING } : item),
  );
  if (!bearsPosition) return { ...observed, readings, quarantined };
  const unreadable = quarantined.map(
    ({ mono }): Observation => ({ body: mark('unreadable'), raw: NOTHING, mono, origin }),
  );
  return { ...observed, readings: [...readings, ...unreadable].sort(byTime), quarantined };
};
