import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openScene, type Scene } from '../system/box.ts';
import { seriousFindings } from './axe.ts';
import { type BoxWithPage, claim, outerAddress, PASSWORD, startBoxWithPage } from './box-with-page.ts';
import { hasChromium, openBrowser, openPageOf, type Watched } from './browser.ts';

/** For a box, a car, a network and a browser to be there, on a machine that is busy. */
const STARTED_MS = 60_000;

const PHONE = { width: 360, height: 740, isMobile: true } as const;

/** What a script may lean on of the status, as it is documented. */
const statusNames = async (): Promise<readonly string[]> => {
  const path = fileURLToPath(new URL('../../../docs/api/openapi.json', import.meta.url));
  const { paths } = JSON.parse(await readFile(path, 'utf8'));
  return paths['/api/status'].get.responses['200'].content['application/json'].schema.required;
};

/** What a person reads in a reading's place. */
const valueShown = (page: Page, title: string): Promise<string> =>
  page.locator('.reading', { hasText: title }).locator('.reading-value').innerText();

const expectClean = ({ complaints, strangers }: Watched): void => {
  expect(complaints).toEqual([]);
  expect(strangers).toEqual([]);
};

/** For one test of a machine that does much else. */
const BUSY_MS = 90_000;

describe.skipIf(!hasChromium())('the page in a real Chromium', { timeout: BUSY_MS }, () => {
  let scene: Scene;
  let box: BoxWithPage;
  let browser: Browser;

  beforeAll(async () => {
    scene = await openScene();
    const port = await scene.car('--cycle', 'us06', '--speed-up', '4');
    const network = await scene.network('network', '--accept-simulated');
    const address = outerAddress() === undefined ? '127.0.0.1' : '0.0.0.0';
    box = await startBoxWithPage(scene, { port, network, address });
    browser = await openBrowser();
  }, STARTED_MS);

  afterAll(async () => {
    await browser?.close();
    await scene?.[Symbol.asyncDispose]();
  });

  const local = (): string => box.url.replace('0.0.0.0', '127.0.0.1');

  it('is claimed with the code that the box shows, moves with the car, and is left and entered again', async () => {
    const watched = await openPageOf(browser, local());
    const { page, context } = watched;
    await page.getByLabel('Code').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await claim(page, await box.code());

    await page.getByRole('heading', { name: 'car', exact: true }).waitFor();
    await page.locator('.badge', { hasText: /^connected$/ }).waitFor();
    await page.locator('.reading', { hasText: 'Engine speed' }).waitFor();
    const before = await valueShown(page, 'Engine speed');
    await expect.poll(() => valueShown(page, 'Engine speed'), { timeout: 20_000 }).not.toBe(before);
    await page.locator('.reading .sparkline path').first().waitFor({ state: 'attached' });
    await page
      .getByRole('article', { name: 'sim' })
      .getByText(/[1-9]\d* acknowledged/)
      .waitFor();
    expect(await seriousFindings(page)).toEqual([]);

    const status = (await (await page.request.get(`${local()}/api/status`)).json()) as object;
    for (const name of await statusNames()) expect(status).toHaveProperty(name);

    const kept = await context.cookies();
    expect(kept.map(({ httpOnly, sameSite }) => ({ httpOnly, sameSite }))).toEqual([
      { httpOnly: true, sameSite: 'Strict' },
    ]);
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Password').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    expectClean(watched);

    await page.getByLabel('Password').fill('not the password');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('that is not the password.').waitFor();
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Log out' }).waitFor();
    // The browser itself complains of the refused login, and of nothing else.
    expect(watched.complaints.filter((words) => !words.includes('401'))).toEqual([]);
    expect(watched.strangers).toEqual([]);
    await context.close();
  });

  it('fits a phone, at an address where nothing that needs a secure context is there', async () => {
    const host = outerAddress() ?? '127.0.0.1';
    const watched = await openPageOf(browser, box.url.replace('0.0.0.0', host), PHONE);
    const { page, context } = watched;
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.locator('.reading', { hasText: 'Vehicle speed' }).waitFor();
    if (host !== '127.0.0.1') expect(await page.evaluate('isSecureContext')).toBe(false);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
    expect(await seriousFindings(page)).toEqual([]);
    expectClean(watched);
    await context.close();
  });
});
