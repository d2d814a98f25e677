import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openTestPage, TEST_PASSWORD, type TestPage } from '@outpost/gateway';
import { monoNs } from '@outpost/schemas/words';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, openBrowser, openPageOf, type Watched } from './browser.ts';
import { HOSTILE, hostileEvidence, hostileRows, hostileStatus } from './hostile.ts';

const STARTED_MS = 60_000;

/** For one test of a machine that does much else. */
const BUSY_MS = 90_000;

describe.skipIf(!hasChromium())(
  'a device that wants to be a script, in a real Chromium',
  { timeout: BUSY_MS },
  () => {
    let box: TestPage;
    let browser: Browser;
    let watched: Watched;

    /** Nothing of it ran, nothing of it became part of the page, and nobody was asked for anything. */
    const expectHarmless = async (page: Page, where: string): Promise<void> => {
      expect(await page.evaluate('typeof globalThis.taken'), where).toBe('undefined');
      expect(await page.locator('#page img, #page script, #page a[href^="javascript:"]').count(), where).toBe(
        0,
      );
      expect(watched.strangers, where).toEqual([]);
      // What this box is not, it says; that is all that its browser may complain of.
      expect(
        watched.complaints.filter((words) => !words.includes('503')),
        where,
      ).toEqual([]);
    };

    beforeAll(async () => {
      box = await openTestPage({ status: hostileStatus });
      browser = await openBrowser();
      await box.claim();
      watched = await openPageOf(browser, box.url);
      const { page } = watched;
      await page.route('**/api/evidence/attestations?*', (route) => route.fulfill({ json: hostileRows() }));
      await page.route('**/api/evidence/streams', (route) =>
        route.fulfill({ json: { streams: [{ stream: HOSTILE, counter: 1 }] } }),
      );
      const path = join(box.directory, 'hostile.outpost');
      await writeFile(path, hostileEvidence());
      await page.route('**/api/evidence/attestation?*', (route) => route.fulfill({ path }));
      await page.getByLabel('Password').fill(TEST_PASSWORD);
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Log out' }).waitFor();
    }, STARTED_MS);

    afterAll(async () => {
      await browser?.close();
      await box?.[Symbol.asyncDispose]();
    });

    it('is shown as the text that it is, in every view', async () => {
      const { page } = watched;
      const titles = await page.getByRole('navigation', { name: 'Views' }).getByRole('link').allInnerTexts();
      for (const title of titles) {
        await page.getByRole('link', { name: title, exact: true }).click();
        await page.locator(`nav a[aria-current=page]:text-is("${title}")`).waitFor();
        await page.locator('main h1').waitFor();
        await expectHarmless(page, title);
      }
      await page.getByRole('link', { name: 'Live', exact: true }).click();
      await page.getByRole('heading', { name: HOSTILE }).first().waitFor();
    });

    it('is text where it says something, too', async () => {
      const { page } = watched;
      const bodies = [
        { kind: 'text', signal: 1, text: HOSTILE, ecu: 0 },
        { kind: 'codes', status: 'stored', codes: [HOSTILE], ecu: 0 },
      ] as const;
      box.latest.take(
        HOSTILE,
        bodies.map((body) => ({ body, raw: new Uint8Array(0), mono: monoNs(0n), origin: 'live' })),
        1,
      );
      await page.locator('.reading-value', { hasText: HOSTILE }).first().waitFor();
      await expectHarmless(page, 'a reading');
    });

    it('is text in evidence that it signed, and in the address of the page', async () => {
      const { page } = watched;
      await page.goto(`${box.url}/#evidence/at/1`);
      await page.getByText(HOSTILE).first().waitFor();
      await page.getByRole('button', { name: 'Verify in this browser' }).click();
      await page.getByRole('article', { name: 'Verdict' }).waitFor();
      await expectHarmless(page, 'evidence');
      await page.goto(`${box.url}/#${encodeURIComponent(HOSTILE)}/${HOSTILE}`);
      await page.locator('main h1').waitFor();
      await expectHarmless(page, 'an address');
    });
  },
);
