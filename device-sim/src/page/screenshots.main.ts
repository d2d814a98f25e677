import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@outpost/firmware-bridge';
import type { Page } from 'playwright-core';
import { openScene } from '../system/box.ts';
import { claim, startBoxWithPage } from './box-with-page.ts';
import { type Look, openBrowser, openPageOf } from './browser.ts';

const PICTURES = fileURLToPath(new URL('../../../docs/page/', import.meta.url));
/** Until the lines have a shape. */
const DRIVE_MS = 45_000;

const DESK: Look = { width: 1280, height: 900 };
const PHONE: Look = { width: 390, height: 844, deviceScaleFactor: 2, isMobile: true };

const shoot = async (page: Page, name: string, fullPage = false): Promise<void> => {
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage });
};

/** Every view of the page of a box that reads a simulated car, into docs/page. */
const main = async (): Promise<void> => {
  await mkdir(PICTURES, { recursive: true });
  await using scene = await openScene();
  const port = await scene.car('--cycle', 'us06');
  const network = await scene.network('network', '--accept-simulated');
  const box = await startBoxWithPage(scene, { port, network });
  const browser = await openBrowser();
  try {
    const { page, context } = await openPageOf(browser, box.url, DESK);
    await page.getByLabel('Code').waitFor();
    await shoot(page, 'claim');
    await claim(page, await box.code());
    const state = await context.storageState();
    const looks: readonly (readonly [string, Look])[] = [
      ['live', DESK],
      ['live-dark', { ...DESK, colorScheme: 'dark' }],
      ['live-phone', PHONE],
    ];
    const opened = await Promise.all(
      looks.map(async ([name, look]) => {
        const { page: other, context: own } = await openPageOf(browser, box.url, look);
        await own.addCookies(state.cookies);
        await other.reload();
        return [name, other] as const;
      }),
    );
    await systemClock().sleep(DRIVE_MS, new AbortController().signal);
    for (const [name, other] of opened) await shoot(other, name, true);
  } finally {
    await browser.close();
  }
};

await main();
