import {
  type EpochSummary,
  PROBLEMS_MAX,
  problemText,
  type Report,
  type StreamSummary,
} from '@outpost/schemas/evidence';
import { toHex, type WallNs } from '@outpost/schemas/words';
import { keyText } from '../keys/index.ts';

const PROBLEMS_SHOWN = 20;

export const timeText = (wall: WallNs): string => new Date(Number(wall / 1_000_000n)).toISOString();

const epochLine = ({
  epoch,
  reason,
  firstCounter,
  lastCounter,
  readings,
  from,
  to,
  trust,
}: EpochSummary): string =>
  `    epoch ${toHex(epoch.subarray(0, 4))} (${reason}): attestations ${firstCounter} to ${lastCounter}, ` +
  `${readings} readings, ${timeText(from)} to ${timeText(to)}, clock ${trust.join(' and ')}`;

const SIGNERS: Readonly<Record<StreamSummary['signer'], string>> = {
  identified: 'the key you named vouches for it',
  unidentified: 'nobody knows whose; name a key with --key',
  unknown: 'NOT the key you named',
};

const streamLines = (stream: StreamSummary): readonly string[] => [
  `  ${stream.stream}, signed by ${keyText(stream.deviceKey)}`,
  `    ${SIGNERS[stream.signer]} · key kind ${stream.keyKinds.join(', ')} · origin ${stream.origins.join(', ')}` +
    ` · authenticated: ${stream.authenticated.join(', ')}`,
  ...stream.epochs.map(epochLine),
  ...stream.gaps.map(
    ({ reason, times, readings }) =>
      `    gap: ${reason}, ${times} times, ${readings} readings known to be lost`,
  ),
];

const VERDICTS: Readonly<Record<Report['verdict'], string>> = {
  holds: 'HOLDS: every check passed, and the key you named vouches for it.',
  unidentified: 'CONSISTENT: every check passed, but no --key was given, so nobody knows who signed.',
  fails: 'DOES NOT HOLD.',
};

/** What was checked, what was found, and the verdict last. */
export const reportLines = (report: Report): readonly string[] => {
  const { checked, problems, counts, streams, networks } = report;
  const shown = problems.slice(0, PROBLEMS_SHOWN);
  const total = [...counts.values()].reduce((sum, each) => sum + each, 0);
  return [
    `checked  ${checked.signatures} signatures, ${checked.attestations} attestations, ${checked.leaves} readings, ` +
      `${checked.redecoded} of them decoded again from their raw frames, ${checked.proofs} single proofs, ` +
      `${checked.keyRecords} key records, ${checked.receipts} receipts`,
    ...streams.flatMap(streamLines),
    ...[...networks].map(
      ([name, { receipts, acceptedReadings, refusedReadings }]) =>
        `  network ${name}: ${receipts} receipts, ${acceptedReadings} readings accepted, ${refusedReadings} refused`,
    ),
    ...shown.map((problem) => `${problem.severity.padEnd(8)} ${problem.code}: ${problemText(problem)}`),
    ...(total > shown.length
      ? [`… and ${total - shown.length} more (--json has the first ${PROBLEMS_MAX})`]
      : []),
    VERDICTS[report.verdict],
  ];
};

/** For scripts: bytes as hex, times as text, maps as objects. */
export const reportJson = (report: Report): string =>
  JSON.stringify(
    report,
    (_, value: unknown) => {
      if (value instanceof Uint8Array) return toHex(value);
      if (value instanceof Map) return Object.fromEntries(value);
      return typeof value === 'bigint' ? value.toString() : value;
    },
    2,
  );
