import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { systemClock } from '@outpost/firmware-bridge';
import type { Browser, Page } from 'playwright-core';
import type { Bench, Figure } from '../bench/result.ts';
import { openScene } from '../system/box.ts';
import { claim } from './box-with-page.ts';
import { hasChromium, openBrowser, openPageOf } from './browser.ts';
import { processorShare } from './processor.ts';
import { type SensorBox, startSensorBox } from './sensor-box.ts';

const DEVICES = 50;
const PER_SECOND = 5;
/** Turns about, without and with a page, so that other work on the machine meets both. */
const TURNS = 4;
const OPENINGS = 7;

/** Times between frames while the page is open, in ms. */
const FRAMES = (ms: number): string => `new Promise((resolve) => {
  const times = [];
  let last = performance.now();
  const end = last + ${ms};
  const frame = (now) => {
    times.push(now - last);
    last = now;
    if (now < end) requestAnimationFrame(frame);
    else resolve(times.slice(1));
  };
  requestAnimationFrame(frame);
})`;

const FIRST_PAINT = `new Promise((resolve) => {
  new PerformanceObserver((list) => {
    const first = list.getEntriesByName('first-contentful-paint')[0];
    if (first !== undefined) resolve(first.startTime);
  }).observe({ type: 'paint', buffered: true });
})`;

/** How long the main thread of a page was at work so far, in seconds. */
const newMeter = async (page: Page): Promise<() => Promise<number>> => {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
  };
};

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ??
  Number.NaN;

const BROWSER = fileURLToPath(new URL('../../../gateway/dist/browser/', import.meta.url));

/** Everything that there is for a browser, packed as it is sent, in kB: more than anybody fetches at once. */
const weightOf = async (): Promise<number> => {
  const entries = await readdir(BROWSER, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.'));
  const sizes = files.map(
    async ({ parentPath, name }) => gzipSync(await readFile(join(parentPath, name)), { level: 9 }).length,
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0) / 1_000;
};

/** How soon something is seen, each time in a browser's context that has nothing yet. */
const paintsOf = async (browser: Browser, box: SensorBox): Promise<readonly number[]> => {
  const paints: number[] = [];
  for (let at = 0; at < OPENINGS; at += 1) {
    const { page, context } = await openPageOf(browser, box.url);
    await page.getByRole('heading').first().waitFor();
    paints.push(Number(await page.evaluate(FIRST_PAINT)));
    await context.close();
  }
  return paints;
};

const measure = async (browser: Browser, box: SensorBox, ms: number) => {
  const clock = systemClock();
  const never = new AbortController().signal;
  const { page } = await openPageOf(browser, box.url);
  await claim(page, await box.code());
  const worked = await newMeter(page);
  const [without, withPage, frames, work]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let turn = 0; turn < TURNS; turn += 1) {
    await page.goto('about:blank');
    without.push(await processorShare(box.gateway.pid, () => clock.sleep(ms, never)));
    await page.goto(box.url);
    await page
      .locator('.reading')
      .nth(DEVICES - 1)
      .waitFor({ state: 'attached' });
    const begun = await worked();
    const open = await processorShare(box.gateway.pid, async () => {
      frames.push(...((await page.evaluate(FRAMES(ms))) as number[]));
    });
    withPage.push(open);
    work.push((((await worked()) - begun) / (ms / 1_000)) * 100);
  }
  return {
    frames,
    work: quantile(work, 0.5),
    without: quantile(without, 0.5),
    withPage: quantile(withPage, 0.5),
  };
};

/** What the page costs the gateway and the browser with fifty devices at five readings a second each. */
export const run: Bench = async ({ quick, signal, say }) => {
  if (!hasChromium()) throw new Error('This benchmark needs Chromium: apt install chromium.');
  await using scene = await openScene();
  say(`${DEVICES} sensors are enrolled`);
  const box = await startSensorBox(scene, DEVICES);
  const stopping = new AbortController();
  const publishing = box.publish(PER_SECOND, AbortSignal.any([stopping.signal, signal]));
  const browser = await openBrowser();
  try {
    say('a page is opened and left, in turns');
    const { frames, work, without, withPage } = await measure(browser, box, quick ? 2_000 : 15_000);
    const paints = await paintsOf(browser, box);
    const weight = await weightOf();
    const figures: readonly Figure[] = [
      {
        what: `p95 time of a frame, ${frames.length} of them`,
        value: quantile(frames, 0.95),
        unit: 'ms',
        bar: '≤ 32',
      },
      { what: "of a processor, the page's main thread", value: work, unit: '%' },
      { what: 'p99 time of a frame', value: quantile(frames, 0.99), unit: 'ms' },
      {
        what: 'of a processor, the gateway with an open page more than without',
        value: withPage - without,
        unit: '%',
        bar: '≤ 10',
      },
      { what: 'of a processor, the gateway without', value: without, unit: '%' },
      {
        what: 'first paint, median of contexts without a cache',
        value: quantile(paints, 0.5),
        unit: 'ms',
        bar: '≤ 1000',
      },
      { what: 'first paint, the slowest', value: Math.max(...paints), unit: 'ms' },
      { what: 'all files of all views, packed', value: weight, unit: 'kB', bar: '≤ 150' },
    ];
    return { name: 'page', ratios: [], figures };
  } finally {
    stopping.abort(new Error('measured'));
    await publishing;
    await browser.close();
  }
};
