import type { BrokerFuzzTally } from './broker-fuzz.ts';

/** What the heap may differ by from one collection to another, whatever was done in between. */
const HEAP_SLACK_MEBIBYTES = 4;
/** Timers come and go with what is swept. */
const RESOURCES_SLACK = 4;

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, each) => total + each, 0);

/** What a fuzz left behind in the broker's process, a sentence each; empty where nothing. */
export const leftBehind = ({
  before,
  after,
}: Pick<BrokerFuzzTally, 'before' | 'after'>): readonly string[] => {
  const heap = after.heapMebibytes - before.heapMebibytes;
  const resources = sum(after.resources) - sum(before.resources);
  return [
    ...(heap > HEAP_SLACK_MEBIBYTES ? [`the heap grew by ${heap.toFixed(1)} MiB`] : []),
    ...(after.descriptors > before.descriptors
      ? [`${after.descriptors - before.descriptors} more descriptors are open`]
      : []),
    ...(after.connections > 0 ? [`${after.connections} connections are open`] : []),
    ...(after.sessions > 0 ? [`${after.sessions} sessions are there`] : []),
    ...(resources > RESOURCES_SLACK ? [`${resources} more resources keep the loop alive`] : []),
  ];
};
