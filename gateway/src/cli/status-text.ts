import type { BrokerView } from '../broker/broker.ts';
import type { DeviceView, NetworkView, Status } from '../control/status.ts';
import type { TaskState } from '../supervise.ts';

const duration = (seconds: number): string => {
  const [days, hours, minutes] = [seconds / 86_400, (seconds % 86_400) / 3_600, (seconds % 3_600) / 60].map(
    Math.floor,
  );
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3_600) return `${minutes} min`;
  return seconds < 86_400 ? `${hours} h ${minutes} min` : `${days} d ${hours} h`;
};

/** The rest of them are in the log and, with `--json`, in the answer. */
const HAPPENINGS_SHOWN_MAX = 3;

const mebibytes = (bytes: number): string => `${(bytes / (1 << 20)).toFixed(1)} MiB`;

/** In JSON a map of counts is a plain object. */
const counted = (counts: unknown): string =>
  Object.entries(counts as Readonly<Record<string, number>>)
    .map(([reason, count]) => `${count} ${reason}`)
    .join(', ');

const deviceLines = (device: DeviceView): readonly string[] => {
  const { tally } = device;
  const dropped = counted(tally.dropped);
  const lost = counted(tally.port);
  const aside = tally.quarantined === 0 ? '' : `, ${tally.quarantined} in quarantine`;
  const facts = Object.entries(device.status.facts).map(([name, value]) => `${name} ${value}`);
  return [
    `${device.name} (${device.adapter}, ${device.port})`,
    `  ${device.connected ? 'connected' : 'not connected'} · ${device.status.phase}: ${device.status.words}`,
    ...(device.connected && device.remark !== '' ? [`  ${device.remark}`] : []),
    ...(device.refusing === '' ? [] : [`  READINGS ARE REFUSED: ${device.refusing}`]),
    `  frames ${tally.items}, of them ${tally.observed} observed${aside}${dropped === '' ? '' : `, dropped: ${dropped}`}`,
    ...(lost === '' ? [] : [`  lost at its port: ${lost}`]),
    ...(facts.length === 0 ? [] : [`  ${facts.join(' · ')}`]),
    ...device.happenings.slice(-HAPPENINGS_SHOWN_MAX).map(({ at, words }) => `  ${at}  ${words}`),
  ];
};

const networkLine = (network: NetworkView): string => {
  const rest = [
    [network.refused, 'refused'],
    [network.expired, 'expired'],
    [network.unknown, 'unknown'],
    [network.withheld, 'withheld'],
  ]
    .filter(([count]) => count !== 0)
    .map(([count, what]) => `, ${count} ${what}`)
    .join('');
  const words = network.words === '' ? '' : ` · ${network.words}`;
  return `  ${network.name}: ${network.settled} acknowledged, ${network.pending} pending${rest}${words}`;
};

const brokerLine = ({ state, words, enrolled, tally }: BrokerView): string => {
  const limits = counted(tally.counts);
  const seen = `${tally.connections} connections, ${tally.messages} messages, ${tally.kept} acknowledged when kept`;
  return `broker    ${state}: ${words}; ${enrolled} enrolled, ${seen}${limits === '' ? '' : `, of its limits: ${limits}`}`;
};

const taskLine = ({ name, state, restarts, setAside, lastWords }: TaskState): string => {
  const aside = setAside === 0 ? '' : `, ${setAside} inputs set aside`;
  return `task ${name}: ${state}, failed ${restarts} times${aside}; last: ${lastWords}`;
};

/** The status as a person reads it: what is wrong stands in words beside what it concerns. */
export const statusLines = (status: Status): readonly string[] => {
  const { record, journal, attest, store } = status;
  const refused = counted(record.refused);
  const failing = status.tasks.filter(({ state, restarts }) => state === 'waiting' || restarts > 0);
  return [
    `Outpost ${status.version}, up ${duration(status.upSeconds)}, ${status.rssMebibytes} MiB, clock trust: ${status.clockTrust}`,
    `gateway key ${status.gatewayKey}${status.keyKind === 'demo' ? ' (a demo key: its evidence is worth nothing)' : ''}`,
    '',
    ...(status.devices.length === 0 ? ['no devices; `outpost discover` lists what is attached'] : []),
    ...status.devices.flatMap(deviceLines),
    '',
    `readings  ${record.kept} kept of ${record.made}, ${record.waiting} on their way${refused === '' ? '' : `, refused: ${refused}`}`,
    `journal   ${mebibytes(journal.bytes)} in ${journal.segments} segments, room for ${mebibytes(journal.roomBytes)}${journal.damaged === 0 ? '' : `, ${journal.damaged} damaged records`}`,
    `attested  ${attest.readings} readings under ${attest.attestations} signatures${attest.keyless === 0 ? '' : `, ${attest.keyless} batches without a key`}`,
    `stored    ${store.stored} points of ${store.made}, ${store.deadLettered} dead-lettered, ${store.waiting} waiting · ${store.state}: ${store.words}`,
    ...(store.rollup === '' ? [] : [`  no 1-minute roll-ups: ${store.rollup}`]),
    ...(status.broker === undefined ? [] : [brokerLine(status.broker)]),
    ...(status.networks.length === 0 ? ['networks  none configured'] : ['networks']),
    ...status.networks.map(networkLine),
    ...failing.map(taskLine),
  ];
};
