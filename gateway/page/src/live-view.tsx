import { healthOf } from '../../src/control/health.ts';
import type { NetworkView, Status } from '../../src/control/status.ts';
import {
  attestWords,
  duration,
  journalWords,
  networkCounts,
  readingWords,
  storeCounts,
} from '../../src/control/status-words.ts';
import { Device } from './device.tsx';
import { headline } from './health/headline.ts';
import { Offers } from './offers.tsx';
import { linkTo } from './place.ts';
import { countText } from './say.ts';
import { useTopic } from './topic.ts';
import type { ViewParts } from './views.ts';

const Headline = ({
  status,
  perSecond,
}: {
  readonly status: Status;
  readonly perSecond: number | undefined;
}) => {
  const concerns = healthOf(status).filter(({ state }) => state !== 'good');
  const rate = perSecond === undefined ? '' : `${perSecond.toFixed(1)} readings a second · `;
  return (
    <section class="headline" aria-live="polite" aria-atomic="false">
      <h1>{headline(concerns)}</h1>
      <p class="quiet" aria-live="off">
        {rate}
        {countText(status.record.kept)} kept since it started {duration(status.upSeconds)} ago
      </p>
      {concerns.length > 0 && (
        <ul class="concerns">
          {concerns.map(({ what, state, words }) => (
            <li key={what + words} class={state}>
              {what}: {words} {state === 'wrong' && <a href={linkTo('health')}>What to do</a>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
};

const Network = ({ network }: { readonly network: NetworkView }) => (
  <article class="card" aria-label={network.name}>
    <header class="card-head">
      <h3>{network.name}</h3>
      <span class={network.words !== '' && network.pending > 0 ? 'badge is-bad' : 'badge is-good'}>
        {network.words !== '' && network.pending > 0 ? 'waiting' : 'delivering'}
      </span>
    </header>
    <p class="words">{networkCounts(network)}</p>
    {network.words !== '' && <p class="wrong">{network.words}</p>}
    {(network.note ?? '') !== '' && <p class="quiet">{network.note}</p>}
    {network.refusal !== '' && network.refusal !== network.words && (
      <p class="quiet">Its last refusal: {network.refusal}</p>
    )}
    <p class="quiet small">
      {network.kind} · {network.url}
    </p>
  </article>
);

const Kept = ({ status }: { readonly status: Status }) => {
  const { store, gatewayKey, clockTrust, rssMebibytes, version, broker } = status;
  return (
    <dl class="pairs card">
      <dt>Readings</dt>
      <dd>{readingWords(status)}</dd>
      <dt>Journal</dt>
      <dd>{journalWords(status)}</dd>
      <dt>Attested</dt>
      <dd>{attestWords(status)}</dd>
      <dt>InfluxDB</dt>
      <dd>
        {storeCounts(store)}
        <br />
        <span class="quiet">
          {store.state}: {store.words}
          {store.rollup !== '' && ` No 1-minute roll-ups: ${store.rollup}`}
        </span>
      </dd>
      {broker !== undefined && <dt>Broker</dt>}
      {broker !== undefined && (
        <dd>
          {broker.state}: {broker.words}; {broker.enrolled} devices enrolled
        </dd>
      )}
      <dt>Gateway</dt>
      <dd>
        Outpost {version}, {rssMebibytes} MiB, clock trust: {clockTrust}
        <br />
        <code class="key">{gatewayKey}</code>
      </dd>
    </dl>
  );
};

/** What the box does now: in words first, then in numbers. */
export const LiveView = ({ live }: Pick<ViewParts, 'live'>) => {
  useTopic(live.status);
  const { current, perSecond } = live.status;
  if (current === undefined) return <p class="quiet waiting">Asking the box …</p>;
  return (
    <>
      <Headline status={current} perSecond={perSecond} />
      <Offers live={live} />
      <section aria-labelledby="devices">
        <h2 id="devices">Devices</h2>
        {current.devices.length === 0 && (
          <p>
            None yet. Plug one in, and it is offered here; or <a href={linkTo('box')}>look in the network</a>.
          </p>
        )}
        {current.devices.map((view) => (
          <Device key={view.name} view={view} status={current} live={live} />
        ))}
      </section>
      <section aria-labelledby="networks">
        <h2 id="networks">Networks</h2>
        {current.networks.length === 0 && (
          <p class="quiet">None is configured: evidence stays on this box.</p>
        )}
        <div class="side-by-side">
          {current.networks.map((network) => (
            <Network key={network.name} network={network} />
          ))}
        </div>
      </section>
      <section aria-labelledby="kept">
        <h2 id="kept">What is kept</h2>
        <Kept status={current} />
      </section>
    </>
  );
};
