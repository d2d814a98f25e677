import {
  type CoverageContext,
  coverageJudge,
  type Finding,
  type Reception,
  type ReceptionVerdict,
} from '../plausibility/index.ts';
import type { RegionPlan } from '../region/index.ts';
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
  return (signed) => {
    if (signed.body.direction === 'sent') return unjudged('sent', 'was sent by this radio itself');
    const able = judgeable(signed, senders.placeOf(signed));
    if (!able.ok) return unjudged('unjudged', able.words);
    return { ...judge(able.reception), reception: able.reception };
  };
};
