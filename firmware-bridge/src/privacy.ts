import { type PrivacyZone, zoneOf } from '@outpost/schemas/privacy';
import { equalBytes, type Observation, type Origin, type RedactedBody } from '@outpost/schemas/words';
import type { Observed, Quarantined } from './adapter.ts';

/** In the order of time, and in their own where that is the same. */
const byTime = (a: Observation, b: Observation): number => Number(a.mono - b.mono);

const NOTHING = new Uint8Array(0);

const mark = (reason: RedactedBody['reason']): RedactedBody => ({
  kind: 'redacted',
  what: 'position',
  reason,
});

/** The frames that show where the box is while it is inside a zone. */
const secretFrames = (
  readings: readonly Observation[],
  zones: readonly PrivacyZone[],
): readonly Uint8Array[] =>
  readings.flatMap(({ body, raw }) =>
    body.kind === 'position' && zoneOf(body, zones) !== undefined ? [raw] : [],
  );

export interface RedactParts {
  readonly zones: readonly PrivacyZone[];
  readonly bearsPosition: boolean;
  /** Of what the device said last; a mark is of the same. */
  readonly origin: Origin;
}

/**
 * Takes out of what an adapter brought whatever says where the box is, before anything is kept or signed: a position
 * inside a zone becomes a `redacted` mark without its frame, and whatever else the same frame said loses the frame.
 * Of an adapter whose frames bear positions (`bearsPosition`) a frame that cannot be read may hold one too: it is
 * quarantined without its bytes, and a mark says so.
 */
export const redact = (observed: Observed, { zones, bearsPosition, origin }: RedactParts): Observed => {
  if (zones.length === 0) return observed;
  const secret = secretFrames(observed.readings, zones);
  const isSecret = (raw: Uint8Array): boolean => secret.some((frame) => equalBytes(frame, raw));
  const readings = observed.readings.map((reading): Observation => {
    const { body, raw } = reading;
    if (body.kind === 'position' && zoneOf(body, zones) !== undefined) {
      return { ...reading, body: mark('zone'), raw: NOTHING };
    }
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
