import { useRef, useState } from 'preact/hooks';
import type { Places, Track } from '../../../src/page/places.ts';
import { useAsked } from '../asked.tsx';
import { type Projection, projectionOf, scaleBar } from '../map/project.ts';
import { useWidth } from '../width.ts';
import { useZoneDrag } from './zone-drag.ts';
import {
  aroundZone,
  changedZone,
  isInSight,
  type Place,
  type PlacedZone,
  placeAt,
  pushed,
  radiusNear,
  withoutZone,
  withZone,
  ZONES_MAX,
  type Zone,
  zonesIn,
} from './zones.ts';

const HEIGHT_SHARE = 0.55;
const HEIGHT_MIN_PX = 280;
const SCALE_MAX_PX = 160;
/** A finger needs this much to take hold of. */
const HANDLE_PX = 14;
const LARGER = 1.25;
const STEPS_PER_RADIUS = 5;

/** Steps north and east that a key stands for. */
const PUSHES: Readonly<Record<string, readonly [north: number, east: number]>> = {
  ArrowUp: [1, 0],
  ArrowDown: [-1, 0],
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
};

interface ZoneMapParts {
  /** The list as it stands in the configuration. */
  readonly value: unknown;
  change(value: readonly unknown[]): void;
}

interface Edits {
  edit(at: number, change: Partial<Zone>): void;
  remove(at: number): void;
  select(at: number | undefined): void;
}

/** What a key does with the zone that has the focus; false where it does nothing. */
const pressed = (key: string, zone: PlacedZone, { edit, remove, select }: Edits): boolean => {
  const push = PUSHES[key];
  const step = zone.radiusM / STEPS_PER_RADIUS;
  if (push !== undefined) edit(zone.at, pushed(zone, push[0] * step, push[1] * step));
  else if (key === '+' || key === '=') edit(zone.at, { radiusM: radiusNear(zone.radiusM * LARGER) });
  else if (key === '-') edit(zone.at, { radiusM: radiusNear(zone.radiusM / LARGER) });
  else if (key === 'Delete' || key === 'Backspace') remove(zone.at);
  else if (key === 'Escape') select(undefined);
  else return false;
  return true;
};

interface CircleParts extends Edits {
  readonly projection: Projection;
  readonly zone: PlacedZone;
  readonly isSelected: boolean;
  hold(event: PointerEvent, what: 'middle' | 'edge', zone: PlacedZone): void;
}

/** A finger on a zone draws, and does not scroll; beside it the page scrolls. */
const keepStill = (event: TouchEvent): void => event.preventDefault();

const Circle = ({ projection, zone, isSelected, hold, ...edits }: CircleParts) => {
  const [x, y] = [projection.x(zone.longitude * 1e7), projection.y(zone.latitude * 1e7)];
  const r = zone.radiusM * projection.perMetre;
  return (
    // biome-ignore lint/a11y/useSemanticElements: no button of HTML can be drawn on a map
    <g
      class={isSelected ? 'zone is-selected' : 'zone'}
      role="button"
      tabIndex={0}
      aria-pressed={isSelected}
      aria-label={`Zone ${zone.name}, ${zone.radiusM} metres around ${zone.latitude}, ${zone.longitude}`}
      aria-describedby="zones-how"
      onFocus={() => edits.select(zone.at)}
      onKeyDown={(event) => {
        if (pressed(event.key, zone, edits)) event.preventDefault();
      }}
    >
      <circle
        class="area"
        cx={x}
        cy={y}
        r={r}
        onTouchStart={keepStill}
        onPointerDown={(event) => hold(event, 'middle', zone)}
      />
      <text x={x} y={y - r - 6} text-anchor="middle">
        {zone.name}
      </text>
      {isSelected && (
        <circle
          class="handle"
          cx={x + r}
          cy={y}
          r={HANDLE_PX}
          onTouchStart={keepStill}
          onPointerDown={(event) => hold(event, 'edge', zone)}
        />
      )}
    </g>
  );
};

const Trace = ({ at, track: { points } }: { readonly at: Projection; readonly track: Track }) => (
  <polyline
    class="trace"
    points={points.map(([, y, x]) => `${at.x(x).toFixed(1)},${at.y(y).toFixed(1)}`).join(' ')}
  />
);

const Scale = ({ at }: { readonly at: Projection }) => {
  const { units, text } = scaleBar(at, SCALE_MAX_PX);
  return (
    <g class="scale">
      <path d={`M14 ${at.height - 22}v8h${units.toFixed(1)}v-8`} />
      <text x={20} y={at.height - 26}>
        {text}
      </text>
    </g>
  );
};

interface ButtonsParts extends Edits {
  readonly selected: PlacedZone | undefined;
  readonly isFull: boolean;
  add(): void;
}

/** The same for fingers, and for whoever would rather press than draw. */
const Buttons = ({ selected, isFull, add, edit, remove }: ButtonsParts) => (
  <div class="actions">
    <button type="button" class="second" disabled={isFull} onClick={add}>
      Add a zone
    </button>
    {selected !== undefined && (
      <>
        <button
          type="button"
          class="plain"
          onClick={() => edit(selected.at, { radiusM: radiusNear(selected.radiusM / LARGER) })}
        >
          Smaller
        </button>
        <button
          type="button"
          class="plain"
          onClick={() => edit(selected.at, { radiusM: radiusNear(selected.radiusM * LARGER) })}
        >
          Larger
        </button>
        <button type="button" class="plain" onClick={() => remove(selected.at)}>
          Remove {selected.name}
        </button>
      </>
    )}
  </div>
);

/** The picture stays as it is while everything is in sight, so that nothing jumps under the hand that draws. */
const useProjection = (places: Places | undefined, zones: readonly Zone[], width: number) => {
  const last = useRef<{ readonly places: Places | undefined; readonly at: Projection | undefined }>(
    undefined,
  );
  const box = { width, height: Math.max(HEIGHT_MIN_PX, width * HEIGHT_SHARE) };
  const before = last.current;
  const stays = before?.at !== undefined && before.places === places && isInSight(before.at, box, zones);
  if (!stays) {
    const shown = { heard: [], ...places, tracks: [...(places?.tracks ?? []), ...zones.map(aroundZone)] };
    last.current = { places, at: width === 0 ? undefined : projectionOf(shown as unknown as Places, box) };
  }
  return last.current?.at;
};

const HOW =
  'Drag a zone to move it and its handle to resize it; with the keyboard, arrow keys move it, plus and minus resize it, Delete removes it.';

/** Zones over the ways of the last week, drawn by mouse, finger or keyboard; the fields below say the same in numbers. */
export const ZoneMap = ({ value, change }: ZoneMapParts) => {
  const { answer } = useAsked<Places>('/api/places?lastS=604800');
  const places = answer?.ok === true ? answer.value : undefined;
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const zones = zonesIn(value);
  const projection = useProjection(places, zones, width);
  const [selected, select] = useState<number>();
  const edits: Edits = {
    edit: (at, changed) => change(changedZone(value, at, changed)),
    remove: (at) => {
      change(withoutZone(value, at));
      select(undefined);
      // Who goes by keyboard goes on where the zone was.
      frame.current?.focus();
    },
    select,
  };
  const { shown, hold, ...moves } = useZoneDrag(zones, projection, edits);
  const middle = (at: Projection): Place => placeAt(at, at.width / 2, at.height / 2);
  const add = (): void => {
    if (projection === undefined) return;
    change(withZone(value, middle(projection)));
    select(Array.isArray(value) ? value.length : 0);
  };
  return (
    <div ref={frame} class="zone-frame" tabIndex={-1}>
      {projection === undefined ? (
        <p class="quiet small">Nothing has a place yet that a map could show: add a zone by its numbers.</p>
      ) : (
        <>
          {/* biome-ignore lint/a11y/useSemanticElements: a drawing has no fieldset */}
          <svg
            class="map zones"
            viewBox={`0 0 ${projection.width} ${projection.height}`}
            role="group"
            aria-label={`A map of the last week with ${zones.length} privacy zones`}
            {...moves}
          >
            {(places?.tracks ?? []).map((track) => (
              <Trace key={track.stream + (track.gateway ?? '')} at={projection} track={track} />
            ))}
            {shown.map((zone) => (
              <Circle
                key={zone.at}
                projection={projection}
                zone={zone}
                isSelected={zone.at === selected}
                hold={hold}
                {...edits}
              />
            ))}
            <Scale at={projection} />
          </svg>
          <p id="zones-how" class="quiet small">
            {HOW}
          </p>
          <Buttons
            selected={shown.find(({ at }) => at === selected)}
            isFull={zones.length >= ZONES_MAX}
            add={add}
            {...edits}
          />
        </>
      )}
    </div>
  );
};
