/**
 * Draws every dashboard with what a simulated afternoon brought into a real InfluxDB, into docs/grafana.
 *
 *     npm run dashboards
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@outpost/firmware-bridge';
import { realInflux, runInflux } from '@outpost/gateway';
import { dashboards } from './files.ts';
import { askBoard } from './picture/ask.ts';
import { boardSvg } from './picture/dashboard.ts';
import { AFTERNOON, fill } from './scene/fill.ts';

const DIRECTORY = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'docs', 'grafana');
const DAY_MS = 86_400_000;
/** The hour at which the afternoon begins; UTC. */
const BEGINS_MS = 13 * 3_600_000;
/** What the clocks in the pictures say that day is. */
const DAY = Date.UTC(2026, 0, 5);

const { signal } = new AbortController();
const found = await realInflux(signal);
if (!found.ok) throw new Error(found.fault.words);
const running = await runInflux(found.value.path);
try {
  // Yesterday, because the database keeps nothing that is older than weeks and the day has to be over.
  const yesterday = Math.floor(Number(systemClock().wall() / 1_000_000n) / DAY_MS - 1) * DAY_MS;
  const fromMs = yesterday + BEGINS_MS;
  const influx = await fill(running, 'dashboards', { startMs: fromMs, scene: AFTERNOON });
  const span = { fromMs, toMs: fromMs + AFTERNOON.car.endS * 1_000 - 1, backMs: yesterday - DAY };
  mkdirSync(DIRECTORY, { recursive: true });
  for (const [name, board] of Object.entries(dashboards())) {
    const { drawn, stretch } = await askBoard(influx, board, span, signal);
    const svg = boardSvg(drawn, stretch);
    writeFileSync(join(DIRECTORY, `${name}.svg`), svg);
    process.stdout.write(`docs/grafana/${name}.svg (${Math.ceil(svg.length / 1_024)} KiB)\n`);
  }
} finally {
  await running.end();
}
