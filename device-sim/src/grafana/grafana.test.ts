import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GATEWAY_METRICS, type Influx, type RunningInflux, realInflux, runInflux } from '@outpost/gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALERTS } from './alerts.ts';
import { alertRules, expand, queriesOf, type Shown } from './expand.ts';
import { dashboards, grafanaFiles } from './files.ts';
import { askBoard } from './picture/ask.ts';
import { boardSvg } from './picture/dashboard.ts';
import { fill, MOMENTS } from './scene/fill.ts';

const DEPLOY = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'deploy', 'grafana');
const signal = new AbortController().signal;
const found = await realInflux(signal);
const suffix = found.ok ? '' : ` (skipped: ${found.fault.words})`;

const boards = Object.entries(dashboards());

describe("Grafana's files", () => {
  it('are those in deploy/grafana, and there are no others', () => {
    const made = grafanaFiles();
    for (const [path, text] of made) expect(readFileSync(join(DEPLOY, path), 'utf8'), path).toBe(text);
    const there = readdirSync(DEPLOY, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(DEPLOY, join(entry.parentPath, entry.name)));
    expect(there.filter((path) => path !== 'README.md').sort()).toEqual([...made.keys()].sort());
  });

  it('are classic dashboards with stable names, and hold no password', () => {
    for (const [name, board] of boards) {
      expect(board.schemaVersion, name).toBe(42);
      expect(board.id ?? undefined, name).toBeUndefined();
      expect(board.uid, name).toMatch(/^outpost-[a-z]+$/);
      expect(board.panels?.length, name).toBeGreaterThan(5);
    }
    expect(new Set(boards.map(([, { uid }]) => uid)).size).toBe(boards.length);
    expect(grafanaFiles().get('provisioning/datasources/outpost.yaml')).toContain(
      'password: $OUTPOST_INFLUX_PASSWORD',
    );
  });

  it('have panels side by side that do not overlap, each with words and with queries told apart', () => {
    for (const [name, { panels = [] }] of boards) {
      const taken = new Set<string>();
      for (const panel of panels) {
        const { x, y, w, h } = panel.gridPos ?? { x: 0, y: 0, w: 0, h: 0 };
        expect(x + w, `${name}: ${panel.title}`).toBeLessThanOrEqual(24);
        for (let column = x; column < x + w; column += 1) {
          for (let row = y; row < y + h; row += 1) {
            expect(taken.has(`${column},${row}`), `${name}: ${panel.title}`).toBe(false);
            taken.add(`${column},${row}`);
          }
        }
        if (panel.type === 'row') continue;
        const { description, targets = [] } = panel as {
          description?: string;
          targets?: { refId?: string }[];
        };
        expect(description, `${name}: ${panel.title}`).toMatch(/\.$/);
        expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
      }
    }
  });

  it('have an alert for each thing that is worth waking somebody for, each with what to do', () => {
    expect(new Set(ALERTS.map(({ uid }) => uid)).size).toBe(ALERTS.length);
    for (const { says } of ALERTS) expect(says.length).toBeGreaterThan(40);
    // Some versions of Grafana take a dollar sign here for a variable of the environment.
    for (const { annotations } of alertRules()) expect(Object.values(annotations).join()).not.toContain('$');
    const names = new Set(GATEWAY_METRICS.map(({ name }) => name));
    for (const { query } of ALERTS) {
      const [, field, from] = /"([a-z0-9_]+)"\) FROM "([a-z_]+)"/.exec(query) ?? [];
      if (from === 'outpost') expect(names.has(field ?? ''), query).toBe(true);
    }
  });
});

describe.skipIf(!found.ok)(`Grafana's queries, in a real InfluxDB${suffix}`, () => {
  let running: RunningInflux;
  let influx: Influx;
  // At a whole minute an hour ago, so that roll-ups are of minutes that are over.
  const fromMs = (Math.floor(performance.timeOrigin / 60_000) - 60) * 60_000;
  const shown: Shown = { fromMs, toMs: fromMs + MOMENTS.car.endS * 1_000, intervalS: 10 };
  beforeAll(async () => {
    if (!found.ok) return;
    running = await runInflux(found.value.path);
    influx = await fill(running, 'dashboards', { startMs: fromMs, scene: MOMENTS });
  }, 120_000);
  afterAll(() => running?.end(), 60_000);

  const alerts = ALERTS.map(({ title, query }) => ({
    who: `alert: ${title}`,
    query: expand(query, shown),
    columns: [],
  }));

  it.each([
    ...boards.map(([name, made]) => [name, queriesOf(name, made, shown)] as const),
    ['alerts', alerts] as const,
  ])('of %s all bring rows, with what their panels need', async (_, queries) => {
    expect(queries.length).toBeGreaterThan(5);
    const missing: string[] = [];
    for (const { who, query, columns } of queries) {
      const answer = await influx.query(query, signal);
      if (!answer.ok) missing.push(`${who}: ${answer.fault.words}`);
      else if (answer.value.length === 0) missing.push(`${who}: no row for ${query}`);
      else {
        for (const column of columns) {
          if (!answer.value.some((row) => row[column] !== null && row[column] !== undefined)) {
            missing.push(`${who}: no ${column}`);
          }
        }
      }
    }
    expect(missing).toEqual([]);
  });

  it.each(boards)(
    '%s can be drawn, every panel with something in it, the same each time',
    async (_, board) => {
      const draw = async (): Promise<string> => {
        const { drawn, stretch } = await askBoard(influx, board, { ...shown, backMs: 0 }, signal);
        return boardSvg(drawn, stretch);
      };
      const svg = await draw();
      expect(svg.match(/No data|NaN|undefined|Infinity/g)).toBeNull();
      expect(await draw()).toBe(svg);
    },
  );
});
