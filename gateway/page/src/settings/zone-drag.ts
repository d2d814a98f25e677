import { useRef, useState } from 'preact/hooks';
import type { Projection } from '../map/project.ts';
import { type PlacedZone, placeAt, radiusNear, type Zone } from './zones.ts';

/** A hand trembles: less than this is a click. */
const MOVED_MIN_PX = 3;

interface Drag {
  readonly zone: PlacedZone;
  readonly what: 'middle' | 'edge';
  readonly pointer: number;
  readonly x: number;
  readonly y: number;
}

/** Zones while one of them is dragged; the configuration is told when it is let go. */
export const useZoneDrag = (
  zones: readonly PlacedZone[],
  at: Projection | undefined,
  edits: { edit(index: number, change: Partial<Zone>): void; select(index: number): void },
) => {
  const drag = useRef<Drag>(undefined);
  const [draft, setDraft] = useState<Partial<Zone>>();

  const hold = (event: PointerEvent, what: Drag['what'], zone: PlacedZone): void => {
    if (event.button !== 0) return;
    edits.select(zone.at);
    // The map goes on hearing of it wherever the pointer goes.
    (event.currentTarget as SVGElement).ownerSVGElement?.setPointerCapture(event.pointerId);
    drag.current = { zone, what, pointer: event.pointerId, x: event.clientX, y: event.clientY };
  };

  const changed = (event: PointerEvent): Partial<Zone> | undefined => {
    const held = drag.current;
    if (held === undefined || at === undefined || event.pointerId !== held.pointer) return undefined;
    const { zone, what } = held;
    const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
    if (Math.hypot(dx, dy) < MOVED_MIN_PX) return undefined;
    if (what === 'edge') return { radiusM: radiusNear(zone.radiusM + dx / at.perMetre) };
    return placeAt(at, at.x(zone.longitude * 1e7) + dx, at.y(zone.latitude * 1e7) + dy);
  };

  const end = (event: PointerEvent, isKept: boolean): void => {
    const [held, change] = [drag.current, changed(event)];
    drag.current = undefined;
    setDraft(undefined);
    if (isKept && held !== undefined && change !== undefined) edits.edit(held.zone.at, change);
  };

  const moving = drag.current?.zone.at;
  return {
    shown:
      draft === undefined ? zones : zones.map((each) => (each.at === moving ? { ...each, ...draft } : each)),
    hold,
    onPointerMove: (event: PointerEvent): void => {
      const change = changed(event);
      if (change !== undefined) setDraft(change);
    },
    onPointerUp: (event: PointerEvent): void => end(event, true),
    onPointerCancel: (event: PointerEvent): void => end(event, false),
  };
};
