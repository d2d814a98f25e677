import { useState } from 'preact/hooks';
import type { Places, Track, TripRow } from '../../../src/page/places.ts';
import { Asked, useAsked } from '../asked.tsx';
import { Choice } from '../choice.tsx';
import { linkTo } from '../place.ts';
import { countText, timeSpanText } from '../say.ts';
import { useTopic } from '../topic.ts';
import type { ViewParts } from '../views.ts';
import { SpeedHistory } from './history.tsx';
import { Picture } from './picture.tsx';
import { isPlace, lengthOf } from './project.ts';

const PERIODS = [
  ['3600', 'the last hour'],
  ['86400', 'the last day'],
  ['604800', 'the last seven days'],
] as const;
const DAY = '86400';

const kilometres = (metres: number): string => `${(metres / 1_000).toFixed(1)} km`;

/** Whose way or place it is. */
const ownerOf = ({ stream, gateway }: Track): string => gateway ?? stream;

const trackWords = (track: Track): string =>
  isPlace(track)
    ? `hotspot ${ownerOf(track)}, ${countText(track.frames ?? 0)} frames heard`
    : `the way of ${ownerOf(track)}, ${kilometres(lengthOf(track))}`;

const wordsOf = ({ tracks, heard }: Places): string => {
  const ways = tracks.map(trackWords);
  const frames = heard.reduce((sum, { count }) => sum + count, 0);
  const radio = frames === 0 ? [] : [`${countText(frames)} radio frames heard in ${heard.length} places`];
  return `A map: ${[...ways, ...radio].join('; ')}.`;
};

const Trip = ({ trip: { stream, fromMs, toMs, distanceM } }: { readonly trip: TripRow }) => (
  <li>
    <a href={linkTo('map', String(fromMs), String(toMs))}>{timeSpanText(fromMs, toMs)}</a>
    <span>{kilometres(distanceM)}</span>
    <span class="quiet small">{stream}</span>
  </li>
);

const Shown = ({ places }: { readonly places: Places }) => {
  const { tracks, heard, trips, hidden, isWhole } = places;
  const words = wordsOf(places);
  return (
    <>
      {tracks.length + heard.length === 0 ? (
        <p class="quiet">
          Nothing of that time has a place. Positions come from a satellite receiver (adapters nmea and gpsd)
          or from LoRa gateways that say where they are.
        </p>
      ) : (
        <div class="card">
          <Picture places={places} words={words} />
          <p class="quiet small">{words}</p>
          {tracks.map((track) => (
            <SpeedHistory key={track.stream + ownerOf(track)} track={track} />
          ))}
        </div>
      )}
      {hidden > 0 && <p class="quiet">{countText(hidden)} positions were kept private and are nowhere.</p>}
      {!isWhole && <p class="quiet">There is more of that time than one map shows; choose less of it.</p>}
      <section aria-labelledby="trips">
        <h2 id="trips">Trips</h2>
        {trips.length === 0 ? (
          <p class="quiet">None ended in that time.</p>
        ) : (
          <ol class="rows card">
            {trips.map((trip) => (
              <Trip key={trip.stream + trip.fromMs} trip={trip} />
            ))}
          </ol>
        )}
      </section>
    </>
  );
};

const isTime = (text: string | undefined): text is string => text !== undefined && /^\d{1,13}$/.test(text);

/** Ways and coverage, of a while or of one trip. */
export const MapView = ({ live, rest: [from, to] }: ViewParts) => {
  useTopic(live.status);
  const [lastS, setLastS] = useState<string>(DAY);
  const [device, setDevice] = useState('');
  const isTrip = isTime(from) && isTime(to);
  const query = new URLSearchParams(isTrip ? { from, to } : { lastS });
  if (device !== '') query.set('device', device);
  const asking = useAsked<Places>(`/api/places?${query}`);
  const devices = (live.status.current?.devices ?? []).map(({ name }) => [name, name] as const);
  return (
    <>
      <header class="headline">
        <h1>{isTrip ? 'A trip' : 'Map'}</h1>
        {isTrip && (
          <p>
            <a href={linkTo('map')}>← All trips</a>
          </p>
        )}
      </header>
      <div class="fields">
        {!isTrip && <Choice id="period" label="Period" value={lastS} choices={PERIODS} choose={setLastS} />}
        <Choice
          id="device"
          label="Device"
          value={device}
          choices={[['', 'all devices'], ...devices]}
          choose={setDevice}
        />
        <button type="button" class="plain" onClick={asking.again}>
          Look again
        </button>
      </div>
      <Asked asking={asking}>{(places) => <Shown places={places} />}</Asked>
    </>
  );
};
