import type { MonoNs } from '@outpost/schemas/words';
import type { DeviceStatus, Fate, Said, Step } from '../session.ts';

/** What became of one input of a device to which nothing is ever said. */
export interface Heard<State> {
  readonly state: State;
  readonly said: readonly Said[];
  readonly fates: readonly Fate[];
}

const NOTHING: readonly never[] = [];

/** The step that follows from it; where there is news, the owner is told now. */
export const listeningStep = <State extends { readonly reportedAt: MonoNs | undefined }>(
  { state, said, fates }: Heard<State>,
  news: DeviceStatus | undefined,
  silenceAfterMs: number | undefined,
  now: MonoNs,
): Step<State, never> =>
  news === undefined
    ? { state, commands: NOTHING, said, fates, whenKept: NOTHING, silenceAfterMs }
    : {
        state: { ...state, reportedAt: now },
        commands: NOTHING,
        said,
        fates,
        whenKept: NOTHING,
        silenceAfterMs,
        status: news,
      };
