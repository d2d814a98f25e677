import {
  type CoverageContext,
  coverageJudge,
  type Finding,
  type Reception,
  type ReceptionVerdict,
} from '../plausibility/index.ts';
import type { RegionPlan } from '../region/index.ts';
import { openFineArrival } from './fine-arrival.ts';
import { judgeable } from './judgeable.ts';
import type { SenderBook } from './senders.ts';
import type { SignedReception } from './signed-reception.ts';

export type Judgement = ReceptionVerdict['verdict'] | 'unjudged' | 'sent';

export interface Explained {
  readonly verdict: Judgement;
  /** As the judge gives it; undefined where nothing was judged. */
  readonly score: number | undefined;
  readonly findings: readonly Finding[];
  /** One sentence for a person. */
  readonly words: string;
  /** As it was judged. */
  readonly reception: Reception | undefined;
}

export interface ExplainContext {
  readonly region: RegionPlan | undefined;
  readonly senders: SenderBook;
  readonly gainDbi: CoverageContext['gainDbi'];
}

const unjudged = (verdict: 'unjudged' | 'sent', words: string): Explained => ({
  verdict,
  score: undefined,
  findings: [],
  words,
  reception: undefined,
});

/** The judge's own finding about arrival gives way to the finer one. */
const refined = (verdict: ReceptionVerdict, fine: Finding | undefined): ReceptionVerdict => {
  if (fine === undefined) return verdict;
  const findings = verdict.findings.map((each) => (each.rule === fine.rule ? fine : each));
  if (fine.outcome !== 'broken') return { ...verdict, findings };
  return { verdict: 'rejected', score: 0, findings, words: `would be rejected: ${fine.words}` };
};

/**
 * Says of one reception after the other whether it would be accepted, and why not. A gateway's own follow each other
 * in the order in which it heard them.
 */
export const receptionExplainer = ({
  region,
  senders,
  gainDbi,
}: ExplainContext): ((signed: SignedReception) => Explained) => {
  const judge = coverageJudge({
    region,
    gainDbi,
    sender: ({ phy, wall }) => senders.sender(phy, wall),
  });
  const fineArrival = openFineArrival();
  return (signed) => {
    if (signed.body.direction === 'sent') return unjudged('sent', 'was sent by this radio itself');
    const able = judgeable(signed, senders.placeOf(signed));
    if (!able.ok) return unjudged('unjudged', able.words);
    const { reception } = able;
    const verdict = judge(reception);
    // What is no longer believed is nothing to measure others by.
    if (verdict.verdict === 'rejected') return { ...verdict, reception };
    const sender = senders.sender(reception.phy, reception.wall)?.place;
    return { ...refined(verdict, fineArrival.take(reception, signed.body.fineNs, sender)), reception };
  };
};
