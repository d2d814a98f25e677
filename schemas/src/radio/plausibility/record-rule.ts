import { COVERAGE_RULES, RECORD_MAX } from './limits.ts';
import { type CoverageRule, doubtful, type Finding, held } from './reception.ts';

/** Which of a gateway's latest receptions were louder than is usual there; the latest last. */
export type LoudRecord = readonly boolean[];

/** Not `free-space`: an antenna with more gain than its owner says breaks that rule often, and lies about nothing else. */
const LOUD: readonly CoverageRule[] = ['noise', 'level'];

/** One loud reception is chance; who is caught again and again is not believed where nothing can be told either. */
export const recordFinding = (
  record: LoudRecord | undefined,
  findings: readonly Finding[],
): { readonly finding: Finding; readonly record: LoudRecord } => {
  const isLoud = findings.some(
    ({ rule, outcome }) => LOUD.includes(rule) && (outcome === 'broken' || outcome === 'doubtful'),
  );
  // What another box says under the same EUI is not this gateway's record.
  const isOther = findings.some(({ rule, outcome }) => rule === 'one-box' && outcome === 'broken');
  const latest = isOther ? (record ?? []) : [...(record ?? []), isLoud].slice(-RECORD_MAX);
  const louds = latest.filter(Boolean).length;
  const finding =
    louds < COVERAGE_RULES.recordDoubts
      ? held('record')
      : doubtful('record', `${louds} of this gateway’s latest ${latest.length} receptions were too loud`);
  return { finding, record: latest };
};
