import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Influx } from '@outpost/gateway';
import { expand, type Shown } from '../expand.ts';
import { type DrawnBoard, type DrawnPanel, widthOfPanel } from './dashboard.ts';
import { seriesOf, type Target, tableOf } from './frames.ts';
import { type PanelModel, type Stretch, stretchOf } from './model.ts';

/** Of the data source: nothing is told more often. */
const INTERVAL_MIN_S = 10;
/** Steps that Grafana rounds to. */
const INTERVALS_S = [10, 15, 20, 30, 60, 120, 300, 600, 1_800, 3_600] as const;

const intervalOf = (panel: PanelModel, { fromMs, toMs }: Stretch): number => {
  const leastS = Number.parseFloat(panel.interval ?? '0') * 60;
  const fineS = (toMs - fromMs) / 1_000 / widthOfPanel(panel);
  return (
    INTERVALS_S.findLast((each) => each <= Math.max(fineS * 1.2, leastS, INTERVAL_MIN_S)) ?? INTERVAL_MIN_S
  );
};

type Rows = readonly Readonly<Record<string, unknown>>[];

const ask = async (influx: Influx, query: string, shown: Shown, signal: AbortSignal): Promise<Rows> => {
  const answer = await influx.query(expand(query, shown), signal);
  if (!answer.ok) throw new Error(`${answer.fault.words} (${query})`);
  return answer.value;
};

const contentOf = async (
  influx: Influx,
  panel: PanelModel,
  dashboard: Stretch,
  signal: AbortSignal,
): Promise<DrawnPanel> => {
  const stretch = stretchOf(panel, dashboard);
  const shown: Shown = { ...stretch, intervalS: intervalOf(panel, stretch) };
  const answers: { readonly target: Target; readonly rows: Rows }[] = [];
  for (const target of panel.targets ?? []) {
    answers.push({ target, rows: await ask(influx, target.query, shown, signal) });
  }
  const isTable = ({ target }: { target: Target }): boolean => target.resultFormat === 'table';
  return {
    panel,
    content: {
      series: answers.filter((each) => !isTable(each)).flatMap(({ rows, target }) => seriesOf(rows, target)),
      tables: answers.filter(isTable).map(({ rows }) => tableOf(rows)),
    },
  };
};

interface Note {
  readonly iconColor?: string;
  readonly target?: { readonly query?: unknown };
}

/** Asks everything that a dashboard asks. */
export const askBoard = async (
  influx: Influx,
  board: Dashboard,
  stretch: Omit<Stretch, 'notes'>,
  signal: AbortSignal,
): Promise<{ readonly drawn: DrawnBoard; readonly stretch: Stretch }> => {
  const notes: { readonly ms: number; readonly color: string }[] = [];
  for (const { target, iconColor = 'blue' } of (board.annotations?.list ?? []) as readonly Note[]) {
    if (typeof target?.query !== 'string') continue;
    const rows = await ask(influx, target.query, { ...stretch, intervalS: INTERVAL_MIN_S }, signal);
    notes.push(...rows.map((row) => ({ ms: Date.parse(String(row['time'])), color: iconColor })));
  }
  const whole: Stretch = { ...stretch, notes };
  const panels: DrawnPanel[] = [];
  for (const panel of (board.panels ?? []) as readonly unknown[]) {
    panels.push(await contentOf(influx, panel as PanelModel, whole, signal));
  }
  return { drawn: { title: board.title ?? '', says: board.description ?? '', panels }, stretch: whole };
};
