import type { ProfileRequest } from '@outpost/schemas/vehicle/profiles';
import type { Target } from './question.ts';

/** What a row asks one control unit in the manner of ISO 14229-1. */
export interface UdsAsk {
  readonly target: Target;
  readonly session: ProfileRequest['session'];
  /** What the answer means; undefined where the service itself says so. */
  readonly profile: ProfileRequest | undefined;
}
