import { useRef, useState } from 'preact/hooks';
import { deviceWords, hotspotWords, knownOf } from '../../src/control/device-words.ts';
import type { DeviceView, Status } from '../../src/control/status.ts';
import { counted, deviceFacts, frameWords } from '../../src/control/status-words.ts';
import type { DeviceSeries, Live, Series } from './live.ts';
import { rankOf, titleOf, unitSign, valueText } from './say.ts';
import { Sparkline } from './sparkline.tsx';
import { useTopic } from './topic.ts';
import { useVisible } from './visible.ts';

/** As many are shown before the rest is asked for. */
const FIRST = 8;
const HAPPENINGS_MAX = 3;
/** EUIs of one maker begin alike: the end tells them apart. */
const SHORT_DIGITS = 6;

interface ReadingParts {
  readonly series: Series;
  readonly isVisible: boolean;
}

const Reading = ({ series, isVisible }: ReadingParts) => {
  useTopic(series, isVisible);
  const { latest, points, name, unit } = series;
  const sign = unitSign(unit);
  return (
    <li class={typeof latest.value === 'string' ? 'reading is-text' : 'reading'} title={name}>
      <span class="reading-title">
        {titleOf(name)}
        {latest.gateway !== undefined && `, …${latest.gateway.slice(-SHORT_DIGITS)}`}
      </span>
      <span class="reading-value">
        {valueText(latest)}
        {sign !== '' && <span class="unit"> {sign}</span>}
      </span>
      <Sparkline points={points} />
    </li>
  );
};

interface ReadingsParts {
  readonly of: DeviceSeries;
  readonly device: string;
  readonly isVisible: boolean;
}

const Readings = ({ of, device, isVisible }: ReadingsParts) => {
  useTopic(of);
  const [isWhole, setWhole] = useState(false);
  const all = [...of.series.values()].sort(
    (a, b) =>
      rankOf(a.name) - rankOf(b.name) || (a.latest.gateway ?? '').localeCompare(b.latest.gateway ?? ''),
  );
  const shown = isWhole ? all : all.slice(0, FIRST);
  if (all.length === 0) return <p class="quiet">No reading since this page was opened.</p>;
  return (
    <>
      <ul class="readings" aria-label={`Readings of ${device}`}>
        {shown.map((series) => (
          <Reading key={series.name + (series.latest.gateway ?? '')} series={series} isVisible={isVisible} />
        ))}
      </ul>
      {all.length > FIRST && (
        <button type="button" class="plain" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Show fewer' : `Show all ${all.length} readings`}
        </button>
      )}
    </>
  );
};

interface DeviceParts {
  readonly view: DeviceView;
  readonly status: Status;
  readonly live: Live;
}

const timeOf = (at: string): string => new Date(at).toLocaleTimeString([], { timeStyle: 'short' });

const Details = ({ view, status }: Pick<DeviceParts, 'view' | 'status'>) => {
  const { hears, nowMs } = knownOf(status, view.name);
  const facts = deviceFacts(view);
  const lost = counted(view.tally.port);
  return (
    <details>
      <summary>More about {view.name}</summary>
      <dl class="pairs">
        <dt>Spoken to as</dt>
        <dd>{view.adapter}</dd>
        <dt>At</dt>
        <dd>{view.port}</dd>
        <dt>Heard</dt>
        <dd>{frameWords(view)}</dd>
        {lost !== '' && <dt>Lost at its port</dt>}
        {lost !== '' && <dd>{lost}</dd>}
        {hears.length > 0 && <dt>Hotspots</dt>}
        {hears.length > 0 && (
          <dd>
            {hears.map((each) => (
              <p key={each.gateway}>{hotspotWords(each, nowMs)}</p>
            ))}
          </dd>
        )}
        {facts.length > 0 && <dt>Found out</dt>}
        {facts.length > 0 && <dd>{facts.join(' · ')}</dd>}
      </dl>
    </details>
  );
};

const Card = ({ view, status, live, isVisible }: DeviceParts & { readonly isVisible: boolean }) => (
  <>
    <header class="card-head">
      <h3>{view.name}</h3>
      <span class={view.connected ? 'badge is-good' : 'badge is-bad'}>
        {view.connected ? 'connected' : 'not connected'}
      </span>
    </header>
    <p class="words">{deviceWords(view, knownOf(status, view.name))}</p>
    {view.connected && view.remark !== '' && <p class="quiet">{view.remark}</p>}
    {view.refusing !== '' && <p class="wrong">Its readings are refused: {view.refusing}</p>}
    <Readings of={live.of(view.name)} device={view.name} isVisible={isVisible} />
    {view.happenings.length > 0 && (
      <ul class="happenings" aria-label={`What happened to ${view.name}`}>
        {view.happenings.slice(-HAPPENINGS_MAX).map(({ at, words }) => (
          <li key={at + words}>
            <time dateTime={at}>{timeOf(at)}</time> {words}
          </li>
        ))}
      </ul>
    )}
    <Details view={view} status={status} />
  </>
);

/** One device: how it is in words, what it says, and more for whoever asks. */
export const Device = (parts: DeviceParts) => {
  const place = useRef<HTMLElement>(null);
  const isVisible = useVisible(place);
  return (
    <article ref={place} class="card" aria-label={parts.view.name}>
      <Card {...parts} isVisible={isVisible} />
    </article>
  );
};
