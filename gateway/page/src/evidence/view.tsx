import { useTopic } from '../topic.ts';
import type { ViewParts } from '../views.ts';
import { ChainOf } from './chain.tsx';
import { Check } from './check.tsx';
import { OneAttestation } from './one.tsx';

/** What the box has signed: the chain of it, any one of it, and whether it holds. */
export const EvidenceView = ({ live, rest: [what, at] }: ViewParts) => {
  useTopic(live.status);
  const { current } = live.status;
  if (current === undefined) return <p class="quiet waiting">Asking the box …</p>;
  if (what === 'at' && at !== undefined) return <OneAttestation key={at} at={at} status={current} />;
  return (
    <>
      <header class="headline">
        <h1>Evidence</h1>
        <p class="quiet">
          Every reading is signed in a batch, and every batch names the one before it: what is changed, left
          out or moved is found by whoever has the file and the key.
        </p>
      </header>
      <Check status={current} />
      <ChainOf />
    </>
  );
};
