import type { NetworkLink } from '../networks/contract.ts';
import type { DeviceView, NetworkView, Status } from './status.ts';
import { counted, duration, failingTasks, mebibytes } from './status-words.ts';

/** One thing that was looked at: how it is, why, and what its owner can do. */
export interface Check {
  readonly what: string;
  /** `wrong`: somebody should do something. `note`: worth knowing. */
  readonly state: 'good' | 'note' | 'wrong';
  readonly words: string;
  /** Empty where there is nothing to do. */
  readonly fix: string;
}

const good = (what: string, words: string): Check => ({ what, state: 'good', words, fix: '' });
const note = (what: string, words: string, fix = ''): Check => ({ what, state: 'note', words, fix });
const wrong = (what: string, words: string, fix: string): Check => ({ what, state: 'wrong', words, fix });

/** Beyond it the owner should know that something waits: bytes of a follower, attestations for a network. */
const BEHIND_MAX_BYTES = 64 << 20;
const PENDING_MAX = 20;
const ROOM_MIN_BYTES = 64 << 20;
const RSS_MAX_MEBIBYTES = 160;

const totalOf = (counts: unknown): number =>
  Object.values(counts as Readonly<Record<string, number>>).reduce((sum, count) => sum + count, 0);

/** One account in which nothing may be missing: what came in is what became of it. */
export interface Account {
  readonly what: string;
  readonly made: number;
  readonly became: readonly (readonly [what: string, count: number])[];
  /** Under way at this moment; below 0 where more came out than went in. */
  readonly underWay: number;
}

const accountOf = (what: string, made: number, became: Account['became']): Account => ({
  what,
  made,
  became,
  underWay: made - became.reduce((sum, [, count]) => sum + count, 0),
});

/** Everything that is counted on its way through the box (docs/ARCHITECTURE.md, invariant 3). */
export const accountsOf = ({ devices, record, store }: Status): readonly Account[] => [
  ...devices.map(({ name, tally }) =>
    accountOf(`Frames of ${name}`, tally.items, [
      ['observed', tally.observed],
      ['control', tally.control],
      ['in quarantine', tally.quarantined],
      ['dropped', totalOf(tally.dropped)],
    ]),
  ),
  accountOf('Readings', record.made, [
    ['kept', record.kept],
    ['refused', totalOf(record.refused)],
  ]),
  ...(store.state === 'off'
    ? []
    : [
        accountOf('Points', store.made, [
          ['stored', store.stored],
          ['dead-lettered', store.deadLettered],
        ]),
      ]),
];

const accountChecks = (status: Status): readonly Check[] => {
  const broken = accountsOf(status).filter(({ underWay }) => underWay < 0);
  return broken.length === 0
    ? [good('accounts', 'Everything that came in is accounted for.')]
    : broken.map(({ what, underWay }) =>
        wrong(
          'accounts',
          `${what}: ${-underWay} more came out than went in.`,
          'Report this with the log; it is a bug.',
        ),
      );
};

/** Where to look when a device is not there, by the way it is reached. */
const absenceFix = ({ port }: DeviceView): string => {
  if (port.startsWith('serial:'))
    return 'Is it plugged in? `outpost discover` lists what is attached, and where.';
  if (port.startsWith('tcp:')) return 'Is it switched on, in reach and at that address?';
  if (port.startsWith('broker:'))
    return 'It connects by itself: is it on, and does it have the password of its enrolment?';
  return 'Is it switched on? `outpost doctor` looks at its address.';
};

const deviceChecks = (device: DeviceView): readonly Check[] => {
  const { name, connected, refusing, status, tally, remark } = device;
  const what = `device ${name}`;
  const lost = totalOf(tally.port);
  return [
    ...(refusing === ''
      ? []
      : [
          wrong(
            what,
            `Its readings are refused: ${refusing}`,
            'Make room on the disk, or raise journal.mebibytesMax.',
          ),
        ]),
    ...(connected
      ? [good(what, remark === '' ? status.words : `${status.words} ${remark}`)]
      : [wrong(what, `It is not connected: ${status.words}`, absenceFix(device))]),
    ...(tally.quarantined === 0
      ? []
      : [
          note(
            what,
            `${tally.quarantined} of its frames made no sense and are kept aside.`,
            `\`outpost quarantine list --device ${name}\` shows them with the reason.`,
          ),
        ]),
    ...(lost === 0 ? [] : [note(what, `Lost at its port: ${counted(tally.port)}.`)]),
  ];
};

const LINKS_TOLD_MAX = 4;

/** Where all are away the network itself is, and says so. */
const linkChecks = (what: string, links: readonly NetworkLink[]): readonly Check[] => {
  const refused = links.filter(({ state }) => state === 'refused');
  return refused
    .slice(0, LINKS_TOLD_MAX)
    .map(({ name, words }) => note(what, `It does not take gateway ${name}: ${words}`));
};

const networkChecks = (network: NetworkView): readonly Check[] => {
  const { name, words, pending, refused, expired, unknown, withheld, refusal, settled } = network;
  const what = `network ${name}`;
  const waits = words !== '' && pending > 0;
  return [
    ...(waits
      ? [
          wrong(
            what,
            `${pending} wait: ${words}`,
            'Nothing is lost: it is tried again by itself, and goes out when the network takes it.',
          ),
        ]
      : [good(what, `${settled} acknowledged, ${pending} pending.`)]),
    ...(!waits && pending > PENDING_MAX
      ? [note(what, `${pending} attestations wait for it.`, 'It takes them more slowly than they are made.')]
      : []),
    ...linkChecks(what, network.links ?? []),
    ...(refused === 0 ? [] : [note(what, `It has refused ${refused}; the last time: ${refusal}`)]),
    ...(expired === 0 ? [] : [note(what, `${expired} were too old for it when it could be reached.`)]),
    ...(unknown === 0
      ? []
      : [note(what, `Of ${unknown} nobody knows whether it took them; they are not sent twice.`)]),
    ...(withheld === 0
      ? []
      : [
          note(
            what,
            `${withheld} are not sent: they are simulated, or signed by a demo key.`,
            'A network that takes such says acceptSimulated in its configuration.',
          ),
        ]),
  ];
};

const journalChecks = ({ journal, attest }: Status): readonly Check[] => {
  const { damaged, roomBytes, unread, bytes } = journal;
  const behind = Object.entries(unread).filter(([, behindBytes]) => behindBytes > BEHIND_MAX_BYTES);
  const isTight = roomBytes < ROOM_MIN_BYTES;
  return [
    ...(isTight
      ? [
          wrong(
            'disk',
            `There is room for ${mebibytes(roomBytes)} more.`,
            'Make room on the disk, or raise journal.mebibytesMax; else readings will be refused.',
          ),
        ]
      : [good('disk', `The journal has ${mebibytes(bytes)}, with room for ${mebibytes(roomBytes)}.`)]),
    ...(damaged === 0
      ? []
      : [
          wrong(
            'journal',
            `${damaged} stretches of the journal are damaged and were stepped over.`,
            'The disk or card loses what it was given: export the evidence, and replace it.',
          ),
        ]),
    ...behind.map(([name, behindBytes]) =>
      note('journal', `${name} has ${mebibytes(behindBytes)} still to read.`),
    ),
    ...(attest.unreadable + attest.keyless === 0
      ? [good('signatures', `${attest.readings} readings under ${attest.attestations} signatures.`)]
      : [
          wrong(
            'signatures',
            `${attest.unreadable} readings could not be read again, ${attest.keyless} batches had no key.`,
            'Bring the backup of the keys back with `outpost keys import`.',
          ),
        ]),
  ];
};

const storeChecks = ({ store }: Status): readonly Check[] => {
  const { state, words, stored, deadLettered, rollup } = store;
  const now =
    state === 'waiting'
      ? wrong(
          'InfluxDB',
          `It takes no points now: ${words}`,
          'Nothing is lost: the journal keeps them until it does.',
        )
      : state === 'off'
        ? note('InfluxDB', 'It is switched off; the journal keeps everything.')
        : good('InfluxDB', `${stored} points stored; ${words}`);
  return [
    now,
    ...(deadLettered === 0
      ? []
      : [note('InfluxDB', `It would not take ${deadLettered} points; they are kept beside it.`)]),
    ...(rollup === '' ? [] : [note('InfluxDB', `No 1-minute roll-ups: ${rollup}`)]),
  ];
};

const boxChecks = (status: Status): readonly Check[] => {
  const { keyKind, clockTrust, broker, rssMebibytes, upSeconds, version, devices } = status;
  return [
    ...(devices.length === 0
      ? [note('devices', 'None is configured.', '`outpost discover` lists what is attached.')]
      : []),
    clockTrust === 'none'
      ? note(
          'clock',
          'It is not synchronised yet, so dates are not to be believed; what is signed says so.',
          'Install systemd-timesyncd or chrony, or set clock.trust where something else sets it.',
        )
      : good('clock', `It is believed by ${clockTrust}.`),
    keyKind === 'demo'
      ? note(
          'key',
          'This evidence is signed by a demo key and worth nothing to anybody.',
          'Set keyKind to file.',
        )
      : good('key', `Its kind is ${keyKind}.`),
    ...(broker === undefined
      ? []
      : [
          broker.state === 'waiting'
            ? wrong(
                'broker',
                broker.words,
                'Give it a port that nobody else has: broker.tcp, broker.tls or broker.websocket.',
              )
            : good('broker', `${broker.words}; ${broker.enrolled} devices enrolled.`),
        ]),
    rssMebibytes > RSS_MAX_MEBIBYTES
      ? note('program', `It has ${rssMebibytes} MiB of memory, more than it should.`)
      : good('program', `Version ${version}, ${rssMebibytes} MiB, up for ${duration(upSeconds)}.`),
  ];
};

const taskChecks = (status: Status): readonly Check[] =>
  failingTasks(status).map(({ name, state, restarts, lastWords }) =>
    state === 'waiting'
      ? wrong(
          `task ${name}`,
          `It failed: ${lastWords}`,
          'It is begun again by itself. If it stays so, report it with the log.',
        )
      : note(`task ${name}`, `It failed ${restarts} times and was begun again; last: ${lastWords}`),
  );

const RANKS: Readonly<Record<Check['state'], number>> = { wrong: 0, note: 1, good: 2 };

/** Everything that is known to be well or not, the worst first; what `outpost status` shows, judged. */
export const healthOf = (status: Status): readonly Check[] =>
  [
    ...status.devices.flatMap(deviceChecks),
    ...status.networks.flatMap(networkChecks),
    ...journalChecks(status),
    ...storeChecks(status),
    ...taskChecks(status),
    ...boxChecks(status),
    ...accountChecks(status),
  ].sort((a, b) => RANKS[a.state] - RANKS[b.state]);
