import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../mqtt/box.ts';
import { configOf, openScene, type Scene } from '../system/box.ts';
import { until } from '../system/programs.ts';
import { seriousFindings } from './axe.ts';
import { type BoxWithPage, claim, startConfigured } from './box-with-page.ts';
import { hasChromium, openBrowser, openPageOf, type Watched } from './browser.ts';

/** For a box, a car and a browser to be there, on a machine that is busy. */
const STARTED_MS = 60_000;

describe.skipIf(!hasChromium())('the settings in a real Chromium', () => {
  let scene: Scene;
  let box: BoxWithPage;
  let browser: Browser;
  let watched: Watched;

  beforeAll(async () => {
    scene = await openScene();
    const port = await scene.car('--cycle', 'us06', '--speed-up', '4');
    const [pagePort, brokerPort] = [await freePort(), await freePort()];
    box = await startConfigured(scene, {
      ...configOf({ data: scene.path('data'), port }),
      page: { port: pagePort },
      broker: { tcp: { port: brokerPort } },
    });
    browser = await openBrowser();
    watched = await openPageOf(browser, box.url);
    await claim(watched.page, await box.code());
  }, STARTED_MS);

  afterAll(async () => {
    await browser?.close();
    await scene?.[Symbol.asyncDispose]();
  });

  const config = async () =>
    JSON.parse(await readFile(box.configPath, 'utf8')) as {
      readonly attest?: { readonly readingsMax?: number };
      readonly privacy?: { readonly zones?: readonly { readonly latitude: number }[] };
    };
  const saved = async (): Promise<void> => {
    await watched.page.getByRole('button', { name: 'Save and start anew' }).click();
    await watched.page.getByText('Saved, and in force.').waitFor({ timeout: 30_000 });
  };

  it(
    'are changed, checked, in force after a new start, and put back, without a new login',
    async () => {
      const { page } = watched;
      await page.getByRole('link', { name: 'Settings' }).click();
      await page.getByText('Attest', { exact: true }).click();
      await page.getByLabel(/Readings max/).fill('0');
      await page.getByRole('button', { name: 'Save and start anew' }).click();
      await page
        .getByRole('alert')
        .getByText(/readingsMax/)
        .waitFor();
      expect((await config()).attest?.readingsMax).not.toBe(0);
      await page.getByLabel(/Readings max/).fill('64');
      await saved();
      expect((await config()).attest?.readingsMax).toBe(64);
      await until('the gateway was started anew', () =>
        Promise.resolve(/starting again/.test(box.gateway.said()) ? true : undefined),
      );
      await page.getByRole('button', { name: 'Put back' }).first().click();
      await page.getByText('Saved, and in force.').waitFor({ timeout: 30_000 });
      expect((await config()).attest?.readingsMax).not.toBe(64);
      expect(await seriousFindings(page)).toEqual([]);
    },
    STARTED_MS,
  );

  it(
    'draw privacy zones, which a click and keys move',
    async () => {
      const { page } = watched;
      await page.getByText('Privacy', { exact: true }).click();
      await page.getByRole('button', { name: 'Add to zones' }).click();
      const zone = page.getByRole('group', { name: /Zones 1|home/ });
      await zone.getByLabel(/^Name/).fill('home');
      await zone.getByLabel(/^Latitude/).fill('65.05');
      await zone.getByLabel(/^Longitude/).fill('25.47');
      await zone.getByLabel(/^Radius m/).fill('500');
      const map = page.getByRole('application', { name: /privacy zones/ });
      const becomes = (what: string, isSo: (degrees: number) => boolean): Promise<number> =>
        until(what, async () => {
          const degrees = Number(await zone.getByLabel(/^Latitude/).inputValue());
          return isSo(degrees) ? degrees : undefined;
        });
      await map.click({ position: { x: 40, y: 40 } });
      const clicked = await becomes('the zone lies where the click was', (degrees) => degrees > 65.05);
      await map.press('ArrowDown');
      await becomes('the zone is pushed south', (degrees) => degrees < clicked);
      expect(await seriousFindings(page)).toEqual([]);
      await saved();
      expect((await config()).privacy?.zones).toHaveLength(1);
    },
    STARTED_MS,
  );

  it(
    'stand beside what is attached, a copy of the keys, and the log',
    async () => {
      const { page } = watched;
      await page.getByRole('link', { name: 'Box' }).click();
      await page.getByRole('heading', { name: 'What is attached' }).waitFor();
      await page.getByRole('button', { name: 'Look for devices' }).click();
      await page.getByRole('button', { name: 'Look again' }).waitFor({ timeout: 20_000 });
      await page.getByLabel('A name for it').fill('meter');
      await page.getByRole('button', { name: 'Let it in' }).click();
      const needs = page.getByRole('region', { name: 'What meter needs' });
      await needs.getByText('User and client id').waitFor();
      expect((await needs.locator('code').innerText()).length).toBeGreaterThan(15);
      expect(await seriousFindings(page)).toEqual([]);
      await page.getByRole('button', { name: 'Let in meter no more' }).click();
      await page.getByText('meter is let in no more.').waitFor();
      await page.getByLabel(/A passphrase for it/).fill('correct horse battery');
      const [download] = await Promise.all([
        page.waitForEvent('download', { timeout: 20_000 }),
        page.getByRole('button', { name: 'Save a copy' }).click(),
      ]);
      expect(download.suggestedFilename()).toBe('outpost-keys.backup');
      await download.saveAs(join(box.data, 'downloaded.backup'));
      const bytes = await readFile(join(box.data, 'downloaded.backup'));
      expect(bytes.subarray(0, 16).toString()).toBe('outpost backup 1');
      await page
        .getByText(/running; 1 devices/)
        .first()
        .waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await page.setViewportSize({ width: 390, height: 844 });
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      expect(await seriousFindings(page)).toEqual([]);
    },
    STARTED_MS,
  );

  it('ask nobody outside, and complain of nothing but the answers that said no', () => {
    expect(watched.strangers).toEqual([]);
    const unexpected = watched.complaints.filter(
      (each) => !/422|Failed to load resource|net::ERR_|EventSource/.test(each),
    );
    expect(unexpected).toEqual([]);
  });
});
