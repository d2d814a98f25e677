import { asSentence } from '../../../src/control/device-words.ts';
import { type Account, accountsOf, type Check, healthOf } from '../../../src/control/health.ts';
import { countText } from '../say.ts';
import { useTopic } from '../topic.ts';
import type { ViewParts } from '../views.ts';
import { headline } from './headline.ts';

const TITLES: Readonly<Record<Check['state'], string>> = {
  wrong: 'Needs you',
  note: 'Worth knowing',
  good: 'Is well',
};

/** Commands stand between backquotes. */
const Words = ({ text }: { readonly text: string }) => (
  <>{text.split('`').map((part, at) => (at % 2 === 1 ? <code key={part}>{part}</code> : part))}</>
);

const CheckRow = ({ check: { what, state, words, fix } }: { readonly check: Check }) => (
  <li>
    <h3 class="small">{what}</h3>
    <p class={state === 'wrong' ? 'wrong' : undefined}>{asSentence(words)}</p>
    {fix !== '' && (
      <p>
        <Words text={fix} />
      </p>
    )}
  </li>
);

const Group = ({ state, checks }: { readonly state: Check['state']; readonly checks: readonly Check[] }) => {
  const own = checks.filter((check) => check.state === state);
  if (own.length === 0) return null;
  return (
    <section aria-labelledby={`health-${state}`}>
      <h2 id={`health-${state}`}>{TITLES[state]}</h2>
      <ul class="card checks">
        {own.map((check) => (
          <CheckRow key={check.what + check.words} check={check} />
        ))}
      </ul>
    </section>
  );
};

/** What did not happen is not said. */
const becameText = (became: Account['became']): string => {
  const parts = became.filter(([, count]) => count > 0).map(([name, count]) => `${countText(count)} ${name}`);
  return parts.length === 0 ? 'nothing' : parts.join(' + ');
};

const AccountRow = ({ account: { what, made, became, underWay } }: { readonly account: Account }) => (
  <tr>
    <th scope="row">{what}</th>
    <td data-title="came in">{countText(made)}</td>
    <td data-title="became">{becameText(became)}</td>
    <td data-title="under way">{countText(underWay)}</td>
  </tr>
);

/** Nothing goes missing without being counted: each line adds up. */
const Accounts = ({ accounts }: { readonly accounts: readonly Account[] }) => (
  <>
    <h2 id="accounts">What came in, and what became of it since the start</h2>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
    <section class="card scrolls" tabIndex={0} aria-labelledby="accounts">
      <table class="stacks">
        <thead>
          <tr>
            <th scope="col">Of</th>
            <th scope="col">Came in</th>
            <th scope="col">Became</th>
            <th scope="col">Under way</th>
          </tr>
        </thead>
        <tbody>
          {accounts.map((account) => (
            <AccountRow key={account.what} account={account} />
          ))}
        </tbody>
      </table>
    </section>
  </>
);

/** Everything that is known to be well or not, why, and what to do. */
export const HealthView = ({ live }: ViewParts) => {
  useTopic(live.status);
  const { current } = live.status;
  if (current === undefined) return <p class="quiet waiting">Asking the box …</p>;
  const checks = healthOf(current);
  return (
    <>
      <header class="headline" aria-live="polite">
        <h1>{headline(checks)}</h1>
      </header>
      <Group state="wrong" checks={checks} />
      <Group state="note" checks={checks} />
      <Group state="good" checks={checks} />
      <Accounts accounts={accountsOf(current)} />
    </>
  );
};
