import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
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
      readonly privacy?: { readonly zones?: readonly object[] };
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

  /** What a zone on the map calls itself. */
  const zoneNamed = (page: Page, name: string) =>
    page.getByRole('button', { name: new RegExp(`^Zone ${name},`) });

  const zoneOf = async (page: Page, name: string) => {
    const words = (await zoneNamed(page, name).getAttribute('aria-label')) ?? '';
    const [radiusM = 0, latitude = 0, longitude = 0] = (words.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);
    return { radiusM, latitude, longitude };
  };

  const middleOf = async (of: Locator) => {
    const box = await of.boundingBox();
    if (box === null) throw new Error('it is not on the screen');
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };

  const dragBy = async (page: Page, of: Locator, dx: number, dy: number): Promise<void> => {
    const { x, y } = await middleOf(of);
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + dx / 2, y + dy / 2);
    await page.mouse.move(x + dx, y + dy);
    await page.mouse.up();
  };

  it(
    'draw privacy zones: each is moved, resized and removed by mouse and by keyboard',
    async () => {
      const { page } = watched;
      await page.getByText('Privacy', { exact: true }).click();
      await page.getByText('add a zone by its numbers').waitFor();
      await page.getByRole('button', { name: 'Add to zones' }).click();
      const fields = page.getByRole('group', { name: /^(Zones 1|home)$/ });
      await fields.getByLabel(/^Name/).fill('home');
      await fields.getByLabel(/^Latitude/).fill('65.05');
      await fields.getByLabel(/^Longitude/).fill('25.47');
      await fields.getByLabel(/^Radius m/).fill('500');
      await zoneNamed(page, 'home').waitFor();
      await page.getByRole('button', { name: 'Add a zone' }).click();
      await zoneNamed(page, 'work').waitFor();

      // The first of two, while the second is selected.
      await dragBy(page, zoneNamed(page, 'work').locator('.area'), 180, 0);
      const [home, work] = [await zoneOf(page, 'home'), await zoneOf(page, 'work')];
      expect(home).toEqual({ radiusM: 500, latitude: 65.05, longitude: 25.47 });
      expect(work.longitude).toBeGreaterThan(home.longitude);
      await dragBy(page, zoneNamed(page, 'home').locator('.area'), -60, 70);
      const moved = await zoneOf(page, 'home');
      expect([moved.latitude < home.latitude, moved.longitude < home.longitude]).toEqual([true, true]);
      expect(await zoneOf(page, 'work')).toEqual(work);
      expect(Number(await fields.getByLabel(/^Latitude/).inputValue())).toBe(moved.latitude);
      await dragBy(page, zoneNamed(page, 'home').locator('.handle'), 40, 0);
      const larger = await zoneOf(page, 'home');
      expect(larger).toEqual({ ...moved, radiusM: larger.radiusM });
      expect(larger.radiusM).toBeGreaterThan(500);
      expect(await seriousFindings(page)).toEqual([]);

      await zoneNamed(page, 'work').focus();
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('+');
      const pushed = await zoneOf(page, 'work');
      expect([pushed.latitude > work.latitude, pushed.radiusM > work.radiusM]).toEqual([true, true]);
      await page.keyboard.press('Escape');
      expect(await zoneNamed(page, 'work').getAttribute('aria-pressed')).toBe('false');
      await page.keyboard.press('Delete');
      await zoneNamed(page, 'work').waitFor({ state: 'detached' });
      await saved();
      expect((await config()).privacy?.zones).toEqual([{ name: 'home', ...larger }]);
    },
    STARTED_MS,
  );

  it(
    'draw them with a finger too, and leave the page to be scrolled beside them',
    async () => {
      const { cookies } = await watched.context.storageState();
      const phone = { width: 390, height: 844, isMobile: true, hasTouch: true } as const;
      const { page, context } = await openPageOf(browser, box.url, phone);
      await context.addCookies(cookies);
      await page.goto(`${box.url}/#settings`);
      await page.reload();
      await page.getByText('Privacy', { exact: true }).tap();
      const zone = zoneNamed(page, 'home');
      await zone.scrollIntoViewIfNeeded();
      const before = await zoneOf(page, 'home');
      const session = await context.newCDPSession(page);
      const touch = async (type: 'touchStart' | 'touchMove' | 'touchEnd', x: number, y: number) =>
        await session.send('Input.dispatchTouchEvent', {
          type,
          touchPoints: type === 'touchEnd' ? [] : [{ x, y }],
        });
      const { x, y } = await middleOf(zone.locator('.area'));
      await touch('touchStart', x, y);
      for (let step = 1; step <= 5; step += 1) await touch('touchMove', x + step * 5, y - step * 5);
      await touch('touchEnd', x, y);
      const after = await until('the finger has moved it', async () => {
        const now = await zoneOf(page, 'home');
        return now.latitude > before.latitude ? now : undefined;
      });
      expect([after.longitude > before.longitude, after.radiusM]).toEqual([true, before.radiusM]);
      await page.getByRole('button', { name: 'Smaller' }).tap();
      expect((await zoneOf(page, 'home')).radiusM).toBeLessThan(before.radiusM);
      expect(await seriousFindings(page)).toEqual([]);
      await page.getByRole('button', { name: 'Discard' }).tap();
      await until('it is as it was', async () =>
        JSON.stringify(await zoneOf(page, 'home')) === JSON.stringify(before) ? true : undefined,
      );
      await context.close();
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
