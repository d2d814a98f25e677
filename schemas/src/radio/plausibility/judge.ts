import { toHex } from '../../words/index.ts';
import { type FrameTrack, frameFindings } from './frame-rules.ts';
import { type GatewayTrack, gatewayFindings } from './gateway-rules.ts';
import { FRAMES_MAX, GATEWAYS_MAX } from './limits.ts';
import type { CoverageContext, Finding, Reception, ReceptionVerdict } from './reception.ts';
import { signalFindings } from './signal-rules.ts';

/** Judges receptions one after the other, in the order in which a gateway's own follow each other. */
export type CoverageJudge = (reception: Reception) => ReceptionVerdict;

/** Puts the entry last and lets the one that was longest untouched go where there are too many. */
const remember = <Value>(map: Map<string, Value>, key: string, value: Value, most: number): void => {
  map.delete(key);
  map.set(key, value);
  if (map.size <= most) return;
  const oldest = map.keys().next();
  if (!oldest.done) map.delete(oldest.value);
};

const verdictOf = (findings: readonly Finding[]): ReceptionVerdict => {
  const wrong = findings.filter(({ outcome }) => outcome === 'broken');
  const lies = wrong.filter(({ rule }) => rule !== 'duplicate');
  if (lies.length > 0) {
    const words = `would be rejected: ${lies.map((each) => each.words).join('; ')}`;
    return { verdict: 'rejected', score: 0, findings, words };
  }
  if (wrong.length > 0)
    return { verdict: 'duplicate', score: 0, findings, words: wrong.map((each) => each.words).join('; ') };
  const good = findings.filter(({ outcome }) => outcome === 'held').length;
  const score = Math.round((100 * good) / findings.length);
  const doubts = findings.filter(({ outcome }) => outcome === 'doubtful');
  if (doubts.length > 0) {
    const words = `is doubtful: ${doubts.map((each) => each.words).join('; ')}`;
    return { verdict: 'doubtful', score: Math.round(score / 2), findings, words };
  }
  const missing = [
    ...new Set(findings.flatMap(({ outcome, words }) => (outcome === 'unknown' ? [words] : []))),
  ];
  const but = missing.length === 0 ? '' : `; not checked: ${missing.join(', ')}`;
  return {
    verdict: 'accepted',
    score,
    findings,
    words: `would be accepted: ${good} of ${findings.length} rules hold${but}`,
  };
};

/** What a gateway is measured against, and what it would be if it had jumped once and stays where it is. */
interface Followed {
  readonly main: GatewayTrack;
  readonly other: GatewayTrack | undefined;
}

const jumped = (findings: readonly Finding[]): boolean =>
  findings.some(({ rule, outcome }) => outcome === 'broken' && rule !== 'overlap');

/**
 * A jump in place or time is charged once: what follows it consistently becomes the new measure. One that goes back
 * and forth, as two boxes under one EUI do, is charged each time, because the old measure holds in between.
 */
const follow = (
  followed: Followed | undefined,
  next: Reception,
): { readonly findings: readonly Finding[]; readonly followed: Followed } => {
  const byMain = gatewayFindings(followed?.main, next);
  if (followed === undefined || !jumped(byMain.findings))
    return { findings: byMain.findings, followed: { main: byMain.track, other: undefined } };
  const byOther = followed.other === undefined ? undefined : gatewayFindings(followed.other, next);
  if (byOther !== undefined && !jumped(byOther.findings))
    return { findings: byOther.findings, followed: { main: byOther.track, other: undefined } };
  const other = gatewayFindings(undefined, next).track;
  return { findings: byMain.findings, followed: { main: followed.main, other } };
};

/**
 * A judge with an empty memory. It remembers the last reception of 4,096 gateways and who heard the last 200,000
 * frames; of frames, only by receptions that were not rejected.
 */
export const coverageJudge = (context: CoverageContext): CoverageJudge => {
  const gateways = new Map<string, Followed>();
  const frames = new Map<string, FrameTrack>();
  return (reception) => {
    const sender = context.sender(reception);
    const bytes = toHex(reception.phy);
    const byGateway = follow(gateways.get(reception.gateway), reception);
    const byFrame = frameFindings(frames.get(bytes), reception, sender?.place);
    const verdict = verdictOf([
      ...signalFindings(reception, sender, context),
      ...byGateway.findings,
      ...byFrame.findings,
    ]);
    remember(gateways, reception.gateway, byGateway.followed, GATEWAYS_MAX);
    if (verdict.verdict !== 'rejected') remember(frames, bytes, byFrame.track, FRAMES_MAX);
    return verdict;
  };
};
