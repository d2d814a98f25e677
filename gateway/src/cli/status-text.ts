import type { BrokerView } from '../broker/broker.ts';
import { deviceWords, knownOf } from '../control/device-words.ts';
import type { DeviceView, NetworkView, Status } from '../control/status.ts';
import {
  attestWords,
  counted,
  deviceFacts,
  duration,
  failingTasks,
  frameWords,
  journalWords,
  linkWords,
  networkCounts,
  readingWords,
  storeCounts,
  taskWords,
} from '../control/status-words.ts';
import type { NetworkLink } from '../networks/contract.ts';

/** The rest of them are in the log and, with `--json`, in the answer. */
const HAPPENINGS_SHOWN_MAX = 3;

const deviceLines = (device: DeviceView, status: Status): readonly string[] => {
  const lost = counted(device.tally.port);
  const facts = deviceFacts(device);
  return [
    `${device.name} (${device.adapter}, ${device.port})`,
    `  ${device.connected ? 'connected' : 'not connected'} · ${device.status.phase}: ${deviceWords(device, knownOf(status, device.name))}`,
    ...(device.connected && device.remark !== '' ? [`  ${device.remark}`] : []),
    ...(device.refusing === '' ? [] : [`  READINGS ARE REFUSED: ${device.refusing}`]),
    `  ${frameWords(device)}`,
    ...(lost === '' ? [] : [`  lost at its port: ${lost}`]),
    ...(facts.length === 0 ? [] : [`  ${facts.join(' · ')}`]),
    ...device.happenings.slice(-HAPPENINGS_SHOWN_MAX).map(({ at, words }) => `  ${at}  ${words}`),
  ];
};

/** What could be added; of devices that are configured their own lines say how they are. */
const attachedLines = ({ attached }: Status): readonly string[] =>
  attached
    .filter(({ device, certainty, sinceMs }) => device === '' && (certainty !== 'seen' || sinceMs > 0))
    .map(({ words, address }) => `attached  ${words} No device of the configuration; its port is ${address}`);

/** Those that are in trouble first; all of them are in the answer of `--json`. */
const LINKS_SHOWN_MAX = 8;

const linkLines = (links: readonly NetworkLink[]): readonly string[] => {
  const isUp = ({ state }: NetworkLink): number => (state === 'registered' ? 1 : 0);
  const shown = links.toSorted((a, b) => isUp(a) - isUp(b)).slice(0, LINKS_SHOWN_MAX);
  const rest = links.length - shown.length;
  return [
    ...shown.map((link) => `    ${linkWords(link)}`),
    ...(rest === 0 ? [] : [`    and ${rest} more; --json shows all`]),
  ];
};

const networkLines = (network: NetworkView): readonly string[] => {
  const { words, note = '', links = [] } = network;
  const said = [words, note].filter((each) => each !== '').map((each) => ` · ${each}`);
  return [`  ${network.name}: ${networkCounts(network)}${said.join('')}`, ...linkLines(links)];
};

const brokerLine = ({ state, words, enrolled, tally }: BrokerView): string => {
  const limits = counted(tally.counts);
  const seen = `${tally.connections} connections, ${tally.messages} messages, ${tally.kept} acknowledged when kept`;
  return `broker    ${state}: ${words}; ${enrolled} enrolled, ${seen}${limits === '' ? '' : `, of its limits: ${limits}`}`;
};

/** The status as a person reads it: what is wrong stands in words beside what it concerns. */
export const statusLines = (status: Status): readonly string[] => {
  const { store } = status;
  return [
    `Outpost ${status.version}, up ${duration(status.upSeconds)}, ${status.rssMebibytes} MiB, clock trust: ${status.clockTrust}`,
    `gateway key ${status.gatewayKey}${status.keyKind === 'demo' ? ' (a demo key: its evidence is worth nothing)' : ''}`,
    '',
    ...(status.devices.length === 0 ? ['no devices; `outpost discover` lists what is attached'] : []),
    ...status.devices.flatMap((device) => deviceLines(device, status)),
    ...attachedLines(status),
    '',
    `readings  ${readingWords(status)}`,
    `journal   ${journalWords(status)}`,
    `attested  ${attestWords(status)}`,
    `stored    ${storeCounts(store)} · ${store.state}: ${store.words}`,
    ...(store.rollup === '' ? [] : [`  no 1-minute roll-ups: ${store.rollup}`]),
    ...(status.broker === undefined ? [] : [brokerLine(status.broker)]),
    ...(status.networks.length === 0 ? ['networks  none configured'] : ['networks']),
    ...status.networks.flatMap(networkLines),
    ...failingTasks(status).map(taskWords),
  ];
};
