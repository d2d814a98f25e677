import type { NetworkLink } from '../networks/contract.ts';
import type { TaskState } from '../supervise.ts';
import type { DeviceView, NetworkView, Status, StoreView } from './status.ts';

/** Whole seconds as a person says them. */
export const duration = (seconds: number): string => {
  const [days, hours, minutes] = [seconds / 86_400, (seconds % 86_400) / 3_600, (seconds % 3_600) / 60].map(
    Math.floor,
  );
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3_600) return `${minutes} min`;
  return seconds < 86_400 ? `${hours} h ${minutes} min` : `${days} d ${hours} h`;
};

export const mebibytes = (bytes: number): string => `${(bytes / (1 << 20)).toFixed(1)} MiB`;

/** In JSON a map of counts is a plain object. */
export const counted = (counts: unknown): string =>
  Object.entries(counts as Readonly<Record<string, number>>)
    .map(([reason, count]) => `${count} ${reason}`)
    .join(', ');

export const deviceFacts = ({ status }: DeviceView): readonly string[] =>
  Object.entries(status.facts).map(([name, value]) => `${name} ${value}`);

export const frameWords = ({ tally }: DeviceView): string => {
  const dropped = counted(tally.dropped);
  const aside = tally.quarantined === 0 ? '' : `, ${tally.quarantined} in quarantine`;
  return `frames ${tally.items}, of them ${tally.observed} observed${aside}${dropped === '' ? '' : `, dropped: ${dropped}`}`;
};

/** What became of what a network was to get. */
export const networkCounts = (network: NetworkView): string => {
  const rest = [
    [network.refused, 'refused'],
    [network.expired, 'expired'],
    [network.unknown, 'unknown'],
    [network.withheld, 'withheld'],
  ]
    .filter(([count]) => count !== 0)
    .map(([count, what]) => `, ${count} ${what}`)
    .join('');
  return `${network.settled} acknowledged, ${network.pending} pending${rest}`;
};

/** One connection of a network. */
export const linkWords = ({ name, state, words, sent, lastHeardAt }: NetworkLink): string => {
  const last = lastHeardAt === undefined ? '' : `, the last heard at ${lastHeardAt}`;
  return `${name}: ${state}${words === '' ? '' : `: ${words}`} · ${sent} sent${last}`;
};

export const readingWords = ({ record }: Status): string => {
  const refused = counted(record.refused);
  return `${record.kept} kept of ${record.made}, ${record.waiting} on their way${refused === '' ? '' : `, refused: ${refused}`}`;
};

export const journalWords = ({ journal }: Status): string => {
  const damaged = journal.damaged === 0 ? '' : `, ${journal.damaged} damaged records`;
  return `${mebibytes(journal.bytes)} in ${journal.segments} segments, room for ${mebibytes(journal.roomBytes)}${damaged}`;
};

export const attestWords = ({ attest }: Status): string => {
  const keyless = attest.keyless === 0 ? '' : `, ${attest.keyless} batches without a key`;
  return `${attest.readings} readings under ${attest.attestations} signatures${keyless}`;
};

export const storeCounts = (store: StoreView): string =>
  `${store.stored} points of ${store.made}, ${store.deadLettered} dead-lettered, ${store.waiting} waiting`;

/** Tasks that have failed, or wait to be tried again after it. */
export const failingTasks = ({ tasks }: Status): readonly TaskState[] =>
  tasks.filter(({ state, restarts }) => state === 'waiting' || restarts > 0);

export const taskWords = ({ name, state, restarts, setAside, lastWords }: TaskState): string => {
  const aside = setAside === 0 ? '' : `, ${setAside} inputs set aside`;
  return `task ${name}: ${state}, failed ${restarts} times${aside}; last: ${lastWords}`;
};
