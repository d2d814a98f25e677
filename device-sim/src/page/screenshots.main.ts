import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@outpost/firmware-bridge';
import type { Page } from 'playwright-core';
import { openScene } from '../system/box.ts';
import { claim, freeAddress, startBoxWithPage } from './box-with-page.ts';
import { type Look, openBrowser, openPageOf } from './browser.ts';

const PICTURES = fileURLToPath(new URL('../../../docs/page/', import.meta.url));
/** Until the lines have a shape. */
const DRIVE_MS = 45_000;

const DESK: Look = { width: 1280, height: 900 };
const PHONE: Look = { width: 390, height: 844, deviceScaleFactor: 2, isMobile: true };

/** Below the edge of the screen the page leaves out what nobody sees; a picture of all of it sees everything. */
const SHOW_ALL =
  "for (const card of document.querySelectorAll('.card')) card.style.contentVisibility = 'visible'";

const shoot = async (page: Page, name: string, fullPage = false): Promise<void> => {
  if (fullPage) await page.evaluate(SHOW_ALL);
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage });
};

interface Picture {
  readonly name: string;
  /** Which view; the first one where empty. */
  readonly view: string;
  readonly look: Look;
  /** What a person does before there is something to see. */
  prepare?(page: Page): Promise<void>;
}

const verify = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Verify in this browser' }).click();
  await page.getByRole('article', { name: 'Verdict' }).waitFor();
};

const openFirst = async (page: Page): Promise<void> => {
  await page
    .getByRole('list', { name: /Attestations/ })
    .getByRole('link')
    .first()
    .click();
  await page.getByRole('list', { name: 'Readings' }).waitFor();
};

const drawn = (page: Page): Promise<void> => page.locator('.way path').waitFor();

const openZones = async (page: Page): Promise<void> => {
  await page.getByText('Privacy', { exact: true }).click();
  await page.getByRole('button', { name: 'Add a zone' }).click();
  await page.getByRole('button', { name: /^Zone home/ }).waitFor();
};

const DARK: Look = { ...DESK, colorScheme: 'dark' };

const IN_VIEWS: readonly Picture[] = [
  { name: 'live', view: 'live', look: DESK },
  { name: 'live-dark', view: 'live', look: DARK },
  { name: 'live-phone', view: 'live', look: PHONE },
  { name: 'health', view: 'health', look: DESK },
  { name: 'map', view: 'map', look: DESK, prepare: drawn },
  { name: 'map-dark', view: 'map', look: DARK, prepare: drawn },
  { name: 'evidence', view: 'evidence', look: DESK, prepare: verify },
  { name: 'evidence-phone', view: 'evidence', look: PHONE, prepare: verify },
  { name: 'attestation', view: 'evidence', look: DESK, prepare: openFirst },
  { name: 'ledger', view: 'ledger', look: DESK },
  { name: 'settings', view: 'settings', look: DESK, prepare: openZones },
  { name: 'box', view: 'box', look: DESK },
];

/** Every view of the page of a box that reads a simulated car, into docs/page. */
const main = async (): Promise<void> => {
  await mkdir(PICTURES, { recursive: true });
  await using scene = await openScene();
  const receiver = await freeAddress();
  const port = await scene.car('--cycle', 'us06', '--gnss', receiver);
  const network = await scene.network('network', '--accept-simulated');
  const box = await startBoxWithPage(scene, { port, network, receiver });
  const browser = await openBrowser();
  try {
    const { page, context } = await openPageOf(browser, box.url, DESK);
    await page.getByLabel('Code').waitFor();
    await shoot(page, 'claim');
    await claim(page, await box.code());
    const { cookies } = await context.storageState();
    const opened = await Promise.all(
      IN_VIEWS.map(async (picture) => {
        const { page: other, context: own } = await openPageOf(browser, box.url, picture.look);
        await own.addCookies(cookies);
        await other.reload();
        return { ...picture, other };
      }),
    );
    await systemClock().sleep(DRIVE_MS, new AbortController().signal);
    for (const { name, view, prepare, other } of opened) {
      await other.goto(`${box.url}/#${view}`);
      await other.locator('main h1').waitFor();
      await other.locator('main .waiting').waitFor({ state: 'detached' });
      await prepare?.(other);
      await shoot(other, name, true);
    }
  } finally {
    await browser.close();
  }
};

await main();
