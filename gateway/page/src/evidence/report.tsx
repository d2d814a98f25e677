import {
  type EpochSummary,
  type Problem,
  problemText,
  type Report,
  type StreamSummary,
} from '@outpost/schemas/evidence';
import { useEffect, useRef } from 'preact/hooks';
import { countText, momentText } from '../say.ts';
import type { Verifying } from './use-verify.ts';

const PROBLEMS_SHOWN = 50;

const VERDICTS: Readonly<Record<Report['verdict'], readonly [string, string]>> = {
  holds: ['It holds.', 'Every check passed, and the key named above vouches for it.'],
  unidentified: [
    'It is consistent.',
    'Every check passed, but no key was named, so it says nothing of who signed.',
  ],
  fails: ['It does not hold.', 'Something in it is not as it was signed. What was found stands below.'],
};

const SEVERITIES: Readonly<Record<Problem['severity'], string>> = {
  failure: 'Does not hold',
  warning: 'Mind',
  note: 'Note',
};

const SIGNERS: Readonly<Record<StreamSummary['signer'], string>> = {
  identified: 'the named key vouches for it',
  unidentified: 'nobody was named who vouches for it',
  unknown: 'not by the named key',
};

const ProblemLine = ({ problem }: { readonly problem: Problem }) => (
  <li class={problem.severity === 'failure' ? 'wrong' : undefined}>
    <strong>{SEVERITIES[problem.severity]}:</strong> {problemText(problem)}{' '}
    <code class="quiet">{problem.code}</code>
  </li>
);

const epochText = ({ firstCounter, lastCounter, readings, from, to, trust }: EpochSummary): string =>
  `attestations ${firstCounter} to ${lastCounter}, ${countText(readings)} readings, ` +
  `${momentText(from)} to ${momentText(to)}, clock ${trust.join(' and ')}`;

const Stream = ({ stream }: { readonly stream: StreamSummary }) => (
  <>
    <dt>{stream.stream}</dt>
    <dd>
      {SIGNERS[stream.signer]}; key kind {stream.keyKinds.join(', ')}; origin {stream.origins.join(', ')}
      <ul>
        {stream.epochs.map((epoch) => (
          <li key={`${epoch.from}${epoch.firstCounter}`} class="quiet small">
            {epochText(epoch)}
          </li>
        ))}
        {stream.gaps.map(({ reason, times, readings }) => (
          <li key={reason} class="quiet small">
            the box says of itself: {reason}, {times} times, {readings} readings known to be lost
          </li>
        ))}
      </ul>
    </dd>
  </>
);

/** What was looked at, what was found, and the verdict first. */
const ReportOf = ({ what, report }: { readonly what: string; readonly report: Report }) => {
  const { checked, counts, streams, networks } = report;
  const [title, words] = VERDICTS[report.verdict];
  const problems = [...report.problems]
    .sort((a, b) => Number(b.severity === 'failure') - Number(a.severity === 'failure'))
    .slice(0, PROBLEMS_SHOWN);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return (
    <article class={report.verdict === 'fails' ? 'card is-wrong' : 'card'} aria-label="Verdict">
      <h3>{title}</h3>
      <p class="quiet small">{what}</p>
      <p class="words">{words}</p>
      {problems.length > 0 && (
        <ul class="findings" aria-label="What was found">
          {problems.map((problem, at) => (
            <ProblemLine key={at} problem={problem} />
          ))}
        </ul>
      )}
      {total > problems.length && <p class="quiet">… and {countText(total - problems.length)} more.</p>}
      <dl class="pairs">
        <dt>Checked</dt>
        <dd>
          {countText(checked.signatures)} signatures, {countText(checked.attestations)} attestations,{' '}
          {countText(checked.leaves)} readings, {countText(checked.proofs)} single proofs,{' '}
          {countText(checked.receipts)} receipts
        </dd>
        {streams.map((stream) => (
          <Stream key={stream.stream} stream={stream} />
        ))}
        {[...networks].map(([name, { receipts, acceptedReadings, refusedReadings }]) => (
          <Receipts key={name} name={name} numbers={[receipts, acceptedReadings, refusedReadings]} />
        ))}
      </dl>
    </article>
  );
};

const Receipts = (parts: { readonly name: string; readonly numbers: readonly [number, number, number] }) => {
  const [receipts, accepted, refused] = parts.numbers.map(countText);
  return (
    <>
      <dt>Network {parts.name}</dt>
      <dd>
        {receipts} receipts: {accepted} readings accepted, {refused} refused
      </dd>
    </>
  );
};

/** How a verification goes, said aloud when it ends. */
export const VerifyingNow = ({ now }: { readonly now: Verifying }) => {
  const place = useRef<HTMLDivElement>(null);
  const { state } = now;
  useEffect(() => {
    // On a phone the button that was pressed fills the screen, and the verdict stands below it.
    if (state === 'done' || state === 'failed') place.current?.scrollIntoView({ block: 'nearest' });
  }, [state]);
  return (
    <div ref={place} class="verdict" aria-live="polite">
      {now.state === 'running' && (
        <p class="quiet" aria-live="off">
          Checking … {countText(now.taken.attestations)} attestations, {countText(now.taken.readings)}{' '}
          readings so far.
        </p>
      )}
      {now.state === 'failed' && <p class="wrong">{now.words}</p>}
      {now.state === 'done' && <ReportOf what={now.what} report={now.report} />}
    </div>
  );
};
