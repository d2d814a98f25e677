import { toHex } from '../../words/index.ts';
import { type Boxes, boxFindings } from './box-rules.ts';
import { type FrameTrack, frameFindings, heardBy } from './frame-rules.ts';
import { FRAMES_MAX, GATEWAYS_MAX, LINKS_MAX } from './limits.ts';
import { countedFrame, type LinkTrack, linkFindings } from './link-rules.ts';
import type { CoverageContext, Finding, Reception, ReceptionVerdict } from './reception.ts';
import { type LoudRecord, recordFinding } from './record-rule.ts';
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

/**
 * A judge with an empty memory. It remembers 4,096 gateways, 50,000 devices at gateways and who heard the last 200,000
 * frames; of frames and devices, only by receptions that were not rejected.
 */
export const coverageJudge = (context: CoverageContext): CoverageJudge => {
  const gateways = new Map<string, { readonly boxes: Boxes; readonly record: LoudRecord }>();
  const frames = new Map<string, FrameTrack>();
  const links = new Map<string, LinkTrack>();
  return (reception) => {
    const { gateway, phy } = reception;
    const sender = context.sender(reception);
    const bytes = toHex(phy);
    const address = countedFrame(phy)?.address;
    const link = `${gateway} ${address}`;
    const known = gateways.get(gateway);
    const frame = frames.get(bytes);
    const own = frame?.find(({ last }) => last.gateway === gateway)?.last;
    // A message that a broker gives again is no frame that came again.
    const isKnown = own !== undefined && !(reception.waited === true && own.tmst === reception.tmst);
    const byBox = boxFindings(known?.boxes, reception);
    const byLink = linkFindings(links.get(link), reception, sender, isKnown);
    const findings = [
      ...signalFindings(reception, sender, context),
      ...byBox.findings,
      ...byLink.findings,
      ...frameFindings(frame, reception, sender?.place),
    ];
    const { finding, record } = recordFinding(known?.record, findings);
    const verdict = verdictOf([...findings, finding]);
    remember(gateways, gateway, { boxes: byBox.boxes, record }, GATEWAYS_MAX);
    if (verdict.verdict === 'rejected') return verdict;
    remember(frames, bytes, heardBy(frame, reception, byBox.isWitness), FRAMES_MAX);
    if (byLink.track !== undefined) remember(links, link, byLink.track, LINKS_MAX);
    return verdict;
  };
};
