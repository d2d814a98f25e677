import type { Series, Table, Target } from './frames.ts';
import type { Transformation } from './transform.ts';

/** What of a panel's JSON a picture of it hangs on. */
export interface PanelModel {
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
  /** A stretch of its own, as `14d`. */
  readonly timeFrom?: string;
  /** The finest step, as `5m`. */
  readonly interval?: string;
  readonly options?: PanelOptions;
  readonly fieldConfig?: { readonly defaults: FieldLook; readonly overrides?: readonly Override[] };
  readonly transformations?: readonly Transformation[];
}

interface PanelOptions {
  readonly layers?: readonly {
    readonly type: string;
    readonly config?: {
      readonly style?: { readonly size?: { readonly min?: number; readonly max?: number } };
    };
  }[];
  readonly calculation?: {
    readonly xBuckets?: { readonly value?: string };
    readonly yBuckets?: { readonly value?: string };
  };
  readonly yAxis?: { readonly unit?: string; readonly decimals?: number };
}

export interface Threshold {
  readonly value: number | null;
  readonly color: string;
}

export interface Mapping {
  readonly options: Readonly<Record<string, { readonly text?: string; readonly color?: string }>>;
}

export interface FieldLook {
  readonly unit?: string;
  readonly decimals?: number;
  readonly noValue?: string;
  readonly thresholds?: { readonly steps: readonly Threshold[] };
  readonly mappings?: readonly Mapping[];
  readonly custom?: {
    readonly drawStyle?: string;
    readonly fillOpacity?: number;
    readonly spanNulls?: number | boolean;
    readonly stacking?: { readonly mode?: string };
    readonly width?: number;
    readonly cellOptions?: { readonly type?: string };
  };
  readonly color?: { readonly mode?: string; readonly fixedColor?: string };
}

interface Override {
  readonly matcher: { readonly id: string; readonly options?: unknown };
  readonly properties: readonly { readonly id: string; readonly value?: unknown }[];
}

/** What a panel's queries brought. */
export interface PanelContent {
  readonly series: readonly Series[];
  readonly tables: readonly Table[];
}

export interface Box {
  readonly width: number;
  readonly height: number;
}

/** The stretch of time that is shown, and by how much its clock is put back, so that every picture is of one day. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly backMs: number;
  /** Moments of annotations. */
  readonly notes: readonly { readonly ms: number; readonly color: string }[];
}

const matches = ({ id, options }: Override['matcher'], name: string): boolean => {
  if (id === 'byName') return options === name;
  return id === 'byRegexp' && new RegExp(String(options).slice(1, -1)).test(name);
};

/** The look of one field: the panel's own with what is said of that name. */
export const lookOf = ({ fieldConfig }: PanelModel, name: string): FieldLook => {
  const look = fieldConfig?.defaults ?? {};
  const found = fieldConfig?.overrides?.find(({ matcher }) => matches(matcher, name));
  if (found === undefined) return look;
  const custom: Record<string, unknown> = { ...look.custom };
  const own: Record<string, unknown> = {};
  for (const { id, value } of found.properties) {
    if (id.startsWith('custom.')) custom[id.slice('custom.'.length)] = value;
    else own[id] = value;
  }
  return { ...look, ...own, custom };
};

/** The colour of the highest step that a value has reached. */
export const stepColour = ({ thresholds }: FieldLook, value: number): string => {
  const reached = thresholds?.steps.filter((step) => step.value === null || value >= step.value);
  return reached?.at(-1)?.color ?? 'text';
};

export const mappingOf = (
  { mappings = [] }: FieldLook,
  value: unknown,
): { readonly text?: string; readonly color?: string } | undefined =>
  mappings.map(({ options }) => options[String(value)]).find((each) => each !== undefined);

const DAY_MS = 86_400_000;

export const isOfDays = ({ fromMs, toMs }: Stretch): boolean => toMs - fromMs > 2 * DAY_MS;

/** Hours and minutes in UTC; month and day where days are shown. */
export const clockText = (ms: number, stretch: Stretch): string => {
  const text = new Date(ms - stretch.backMs).toISOString();
  return isOfDays(stretch) ? text.slice(5, 10) : text.slice(11, 16);
};

/** The stretch that a panel shows: its own, or the dashboard's. */
export const stretchOf = ({ timeFrom }: PanelModel, stretch: Stretch): Stretch =>
  timeFrom === undefined
    ? stretch
    : { ...stretch, fromMs: stretch.toMs - Number.parseFloat(timeFrom) * DAY_MS, notes: [] };

export const momentText = (ms: number, { backMs }: Stretch): string =>
  new Date(ms - backMs).toISOString().slice(0, 19).replace('T', ' ');

/** Whole steps between two values, about `count` of them: 1, 2 or 5 times a power of ten, powers of two for bytes. */
export const ticksBetween = (
  from: number,
  to: number,
  count: number,
  isBinary = false,
): readonly number[] => {
  const rough = Math.max((to - from) / count, Number.EPSILON);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = isBinary
    ? 2 ** Math.ceil(Math.log2(rough))
    : ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10) * power;
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step);
};
