import { elapsedMs, type MonoNs } from '@outpost/schemas/words';
import type { NetworkView } from '../control/status.ts';
import type { Metric } from './metric.ts';

export interface NetworkNow {
  readonly view: Omit<NetworkView, 'kind' | 'url' | 'words' | 'refusal'>;
  readonly now: MonoNs;
}

const VERDICTS = {
  settled: 'Attestations that the network took.',
  refused: 'Attestations that the network refused.',
  expired: 'Attestations that became too old before they were taken.',
  unknown: 'Attestations whose fate nobody knows.',
  withheld: 'Attestations that were not sent, because they are simulated.',
} as const;

/** Attestations = settled + refused + expired + unknown + withheld + pending. */
export const NETWORK_METRICS: readonly Metric<NetworkNow>[] = [
  ...Object.entries(VERDICTS).map(
    ([name, help]): Metric<NetworkNow> => ({
      name,
      kind: 'counter',
      help,
      of: ({ view }) => view[name as keyof typeof VERDICTS],
    }),
  ),
  { name: 'pending', kind: 'gauge', help: 'Attestations that wait.', of: ({ view }) => view.pending },
  {
    name: 'waiting_s',
    kind: 'gauge',
    help: 'Seconds for which this program has tried to deliver what is next; 0 where nothing waits.',
    of: ({ view, now }) => (view.waitingSince === undefined ? 0 : elapsedMs(view.waitingSince, now) / 1_000),
  },
];
