import type { Status } from '@outpost/gateway';

/** What the demo saw between two looks at the gateway. */
export interface Look {
  readonly status: Status;
  readonly readingsPerSecond: number;
  /** Milliseconds from the command to the first stored point; undefined until there is one. */
  readonly firstStoredMs: number | undefined;
}

export interface Places {
  readonly data: string;
  readonly passwords: string;
  /** Address of the page, and the code to claim it with for as long as nobody has; empty until it is served. */
  readonly page: string;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Of this run and of what earlier runs left; the network signs a receipt for each. */
const acknowledged = ({ networks }: Status): string =>
  networks.length === 0
    ? 'no network'
    : networks
        .map(({ name, settled, pending, refused, withheld, words }) => {
          const others = [
            [pending, 'pending'],
            [refused, 'refused'],
            [withheld, 'withheld'],
          ] as const;
          const rest = others.filter(([count]) => count > 0).map(([count, what]) => `, ${count} ${what}`);
          const why = words === '' ? '' : ` (${words})`;
          return `${settled} attestations by the network "${name}", receipts kept${rest.join('')}${why}`;
        })
        .join('; ');

/** The live picture: what arrives, what is on the disk, signed, stored and acknowledged, and where to look. */
export const summaryLines = (
  { status, readingsPerSecond, firstStoredMs }: Look,
  places: Places,
): readonly string[] => {
  const { record, attest, store, journal } = status;
  const first = firstStoredMs === undefined ? '' : `, the first ${seconds(firstStoredMs)} after the command`;
  return [
    `Outpost ${status.version} · up ${status.upSeconds} s · ${status.rssMebibytes} MiB · Ctrl-C stops everything`,
    ...status.devices.map(
      ({ name, connected, status: { words } }) =>
        `  ${name.padEnd(13)} ${connected ? words : `not connected: ${words}`}`,
    ),
    `  readings      ${readingsPerSecond.toFixed(1)} per second`,
    `  journalled    ${record.kept} of ${record.made} readings, ${(journal.bytes / 1024).toFixed(0)} KiB on the disk`,
    `  attested      ${attest.readings} readings under ${attest.attestations} signatures`,
    `  stored        ${store.stored} points${first} · ${store.words}`,
    `  acknowledged  ${acknowledged(status)}`,
    ...(places.page === '' ? [] : [`  page          ${places.page}`]),
    `  look          ${store.url ?? 'no InfluxDB yet'}, database ${store.database ?? '-'}, users in ${places.passwords}`,
    `                npx outpost status --data ${places.data}`,
    `                npx outpost export --data ${places.data} --from 10m --to now --out drive.outpost`,
    '                npx outpost verify drive.outpost',
  ];
};

/** The same in one line, for a log. */
export const summaryLine = ({ status, readingsPerSecond, firstStoredMs }: Look): string => {
  const { record, attest, store } = status;
  const first = firstStoredMs === undefined ? '' : ` (first after ${seconds(firstStoredMs)})`;
  return (
    `up ${status.upSeconds} s: ${readingsPerSecond.toFixed(1)} readings/s, ${record.kept} journalled, ` +
    `${attest.readings} attested, ${store.stored} stored${first}, acknowledged ${acknowledged(status)}, ${status.rssMebibytes} MiB`
  );
};
