import { useState } from 'preact/hooks';
import type { FateJson, HourJson, LifeJson, TotalsJson } from '../../../src/ledger/json.ts';
import type { LedgerPage } from '../../../src/page/api/ledger.ts';
import { Asked, useAsked } from '../asked.tsx';
import { Choice } from '../choice.tsx';
import { countText, timeText } from '../say.ts';

const SPANS = [
  ['3600', 'the last hour'],
  ['86400', 'the last day'],
  ['604800', 'the last 7 days'],
  ['2592000', 'the last 30 days'],
] as const;

const FATES: Readonly<Record<FateJson['fate'], string>> = {
  settled: 'settled',
  refused: 'refused',
  expired: 'too old',
  unknown: 'not known',
  withheld: 'withheld',
  pending: 'pending',
};

const WRONG: ReadonlySet<FateJson['fate']> = new Set(['refused', 'expired', 'unknown']);

const timeOf = (iso: string | null): string =>
  iso === null ? 'at no known time' : timeText(Date.parse(iso));

type Rewards = TotalsJson['days'][number]['rewards'];

const rewardText = ({ amount, unit, basis }: Rewards[number]): string =>
  `${amount} ${unit}${basis === 'rule' ? ' by its rule' : ''}`;

const rewardsText = (rewards: Rewards): string =>
  rewards.length === 0 ? 'none' : rewards.map(rewardText).join(' + ');

const Fate = ({ fate: { network, fate, code, words, reward } }: { readonly fate: FateJson }) => (
  <span class={WRONG.has(fate) ? 'wrong' : undefined}>
    {network}: {FATES[fate]}
    {[code, words].some((each) => each !== '') &&
      ` (${[code, words].filter((each) => each !== '').join(', ')})`}
    {reward !== null && `, ${rewardText(reward)}`}
  </span>
);

const LifeRow = ({ life }: { readonly life: LifeJson }) => (
  <li>
    <span>
      {life.stream} #{life.counter}
    </span>
    <span class="quiet">
      {countText(life.readings)} {life.readings === 1 ? 'reading' : 'readings'}, {timeOf(life.made)}
    </span>
    {life.fates.map((fate) => (
      <Fate key={fate.network} fate={fate} />
    ))}
    {life.networks > 1 && <span class="quiet small">the same evidence to {life.networks} networks</span>}
  </li>
);

const countsText = (counts: Readonly<Partial<Record<FateJson['fate'], number>>>): string =>
  (Object.keys(FATES) as FateJson['fate'][])
    .filter((fate) => (counts[fate] ?? 0) > 0)
    .map((fate) => `${countText(counts[fate] ?? 0)} ${FATES[fate]}`)
    .join(', ');

interface SumRow {
  readonly key: string;
  readonly when: string;
  readonly of: string;
  readonly counts: string;
  readonly rewards: string;
}

/** Sums, a line each, in a table that scrolls by itself on a phone. */
const Sums = ({
  id,
  title,
  rows,
}: {
  readonly id: string;
  readonly title: string;
  readonly rows: readonly SumRow[];
}) => (
  <>
    <h2 id={id}>{title}</h2>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
    <section class="card scrolls" tabIndex={0} aria-labelledby={id}>
      <table>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Of</th>
            <th scope="col">Became</th>
            <th scope="col">Earned</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, when, of, counts, rewards }) => (
            <tr key={key}>
              <th scope="row">{when}</th>
              <td>{of}</td>
              <td>{counts}</td>
              <td>{rewards}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  </>
);

const dayRows = ({ days }: TotalsJson): readonly SumRow[] =>
  days.toReversed().map(({ day, network, of, counts, rewards }) => ({
    key: `${day} ${network} ${of}`,
    when: day === '' ? 'other days' : day,
    of: `${of} to ${network}`,
    counts: countsText(counts),
    rewards: rewardsText(rewards),
  }));

const hourRows = (hours: readonly HourJson[]): readonly SumRow[] =>
  hours.map(({ hour, network, device, counts, rewards }) => ({
    key: `${hour} ${network} ${device}`,
    when: timeOf(hour),
    of: device === '' ? network : `${device} to ${network}`,
    counts: countsText(counts),
    rewards: rewardsText(rewards),
  }));

const Told = ({ page: { lives, hours, totals, more } }: { readonly page: LedgerPage }) => (
  <>
    {totals !== null && totals.days.length > 0 && (
      <Sums id="days" title="By network and day (UTC)" rows={dayRows(totals)} />
    )}
    {hours.length > 0 && <Sums id="hours" title="Single readings by the hour" rows={hourRows(hours)} />}
    <h2 id="lives">What became of each</h2>
    <div class="card">
      {lives.length === 0 && <p class="quiet">Nothing was signed in that time.</p>}
      <ol class="rows" aria-labelledby="lives">
        {lives.map((life) => (
          <LifeRow key={life.attestation} life={life} />
        ))}
      </ol>
      {more > 0 && (
        <p class="quiet">
          {countText(more)} more of that time are told by <code>outpost ledger</code>.
        </p>
      )}
    </div>
  </>
);

/** What became of everything that was signed, and what it gave. */
export const LedgerView = () => {
  const [lastS, setLastS] = useState<string>(SPANS[1][0]);
  const asking = useAsked<LedgerPage>(`/api/ledger?lastS=${lastS}`);
  return (
    <>
      <header class="headline">
        <h1>Ledger</h1>
        <p class="quiet">
          Every signed batch ends once with each network that it is for: taken, refused in the network's own
          words, or not known. Amounts are exact, and units are never added up.
        </p>
      </header>
      <div class="fields">
        <Choice id="span" label="Made or ended in" value={lastS} choices={SPANS} choose={setLastS} />
        <button type="button" class="plain" onClick={asking.again}>
          Look again
        </button>
      </div>
      <Asked asking={asking}>{(page) => <Told page={page} />}</Asked>
    </>
  );
};
