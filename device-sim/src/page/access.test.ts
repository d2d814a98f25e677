import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../mqtt/box.ts';
import { configOf, openScene, type Scene } from '../system/box.ts';
import { seriousFindings } from './axe.ts';
import { type BoxWithPage, claim, freeAddress, startConfigured } from './box-with-page.ts';
import { hasChromium, type Look, openBrowser, openPageOf } from './browser.ts';

/** For a box, a car and a browser to be there, on a machine that is busy. */
const STARTED_MS = 60_000;
/** For every view four times, with every rule of axe. */
const LOOKED_AT_MS = 240_000;

const LOOKS: readonly (readonly [name: string, look: Look])[] = (['light', 'dark'] as const).flatMap(
  (colorScheme) => [
    [`a desk, ${colorScheme}`, { width: 1280, height: 900, colorScheme }] as const,
    [`a phone, ${colorScheme}`, { width: 360, height: 740, isMobile: true, colorScheme }] as const,
  ],
);

/** Everything that has the focus, in the order of the tab key, until it comes round. */
const TABS_MAX = 200;
const FOCUSED = `(() => {
  const at = document.activeElement;
  if (at === null || at === document.body) return '';
  const { outlineStyle, outlineWidth } = getComputedStyle(at);
  const box = at.getBoundingClientRect();
  const name = at.getAttribute('aria-label') ?? at.labels?.[0]?.innerText ?? at.innerText ?? '';
  return JSON.stringify({
    tag: at.tagName,
    name: name.trim().split('\\n')[0],
    hasRing: outlineStyle !== 'none' && parseFloat(outlineWidth) > 0,
    isInSight: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    at: box.top + scrollY,
  });
})()`;

interface Focused {
  readonly tag: string;
  readonly name: string;
  readonly hasRing: boolean;
  readonly isInSight: boolean;
  readonly at: number;
}

const walk = async (page: Page): Promise<readonly Focused[]> => {
  const all: Focused[] = [];
  while (all.length < TABS_MAX) {
    await page.keyboard.press('Tab');
    const text = String(await page.evaluate(FOCUSED));
    if (text === '') return all;
    all.push(JSON.parse(text) as Focused);
  }
  return all;
};

const TITLES = ['Live', 'Health', 'Map', 'Evidence', 'Ledger', 'Settings', 'Box'];

const settle = async (page: Page): Promise<void> => {
  await page.locator('main h1').first().waitFor();
  await expect.poll(() => page.locator('main .waiting').count(), { timeout: 20_000 }).toBe(0);
};

describe.skipIf(!hasChromium())('who cannot see well, or has no mouse, in a real Chromium', () => {
  let scene: Scene;
  let box: BoxWithPage;
  let browser: Browser;
  let cookies: Awaited<ReturnType<Awaited<ReturnType<typeof openPageOf>>['context']['cookies']>>;

  beforeAll(async () => {
    scene = await openScene();
    const receiver = await freeAddress();
    const port = await scene.car('--cycle', 'us06', '--speed-up', '4', '--gnss', receiver);
    const base = configOf({ data: scene.path('data'), port });
    box = await startConfigured(scene, {
      ...base,
      devices: [...base.devices, { name: 'gps', adapter: 'nmea', port: receiver }],
      page: { port: 0 },
      broker: { tcp: { port: await freePort() } },
      privacy: { zones: [{ name: 'home', latitude: 65.05, longitude: 25.47, radiusM: 500 }] },
    });
    browser = await openBrowser();
    const { page, context } = await openPageOf(browser, box.url);
    await page.getByLabel('Code').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await claim(page, await box.code());
    await page.locator('.reading', { hasText: 'Engine speed' }).waitFor();
    await page.locator('.reading', { hasText: 'Place' }).waitFor();
    cookies = await context.cookies();
    await context.close();
  }, STARTED_MS);

  afterAll(async () => {
    await browser?.close();
    await scene?.[Symbol.asyncDispose]();
  });

  it.each(LOOKS)(
    'is kept out of no view, on %s',
    async (name, look) => {
      const { page, context, complaints, strangers } = await openPageOf(browser, box.url, look);
      await page.getByLabel('Password').waitFor();
      expect(await seriousFindings(page), `the way in, ${name}`).toEqual([]);
      await context.addCookies(cookies);
      await page.reload();
      const expectFit = async (where: string): Promise<void> => {
        await settle(page);
        expect(await seriousFindings(page), `${where}, ${name}`).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth'), `${where}, ${name}`).toBe(
          look.width,
        );
      };
      for (const title of TITLES) {
        await page.getByRole('link', { name: title, exact: true }).click();
        await page.locator(`nav a[aria-current=page]:text-is("${title}")`).waitFor();
        if (title === 'Settings') {
          for (const part of ['Devices', 'Privacy', 'Broker', 'As text'])
            await page.getByText(part, { exact: true }).click();
          await page.getByRole('button', { name: /^Zone home/ }).waitFor();
        }
        await expectFit(title);
      }
      await page.goto(`${box.url}/#map/1/1900000000000`);
      await expectFit('a trip');
      await page.goto(`${box.url}/#evidence`);
      await page
        .getByRole('list', { name: /Attestations/ })
        .getByRole('link')
        .first()
        .click();
      await page.getByRole('list', { name: 'Readings' }).waitFor();
      await page.getByRole('button', { name: 'Verify in this browser' }).click();
      await page.getByRole('article', { name: 'Verdict' }).waitFor();
      await expectFit('an attestation');
      // The browser itself complains of what it asked before it had come in.
      expect(complaints.filter((words) => !words.includes('401'))).toEqual([]);
      expect(strangers).toEqual([]);
      await context.close();
    },
    LOOKED_AT_MS,
  );

  it(
    'goes everywhere by the tab key, sees where the focus is, and skips what is before the view',
    async () => {
      const { page, context } = await openPageOf(browser, box.url);
      await context.addCookies(cookies);
      await page.reload();
      for (const title of TITLES) {
        await page.getByRole('link', { name: title, exact: true }).focus();
        await page.keyboard.press('Enter');
        await page.locator(`nav a[aria-current=page]:text-is("${title}")`).waitFor();
        await settle(page);
        // Where it goes to another view, it goes on reading there.
        const focused = await page.evaluate('document.activeElement.tagName');
        expect(focused, title).toBe(title === 'Live' ? 'A' : 'MAIN');
        await page.evaluate('document.activeElement.blur(); document.body.focus(); scrollTo(0, 0)');
        await page.reload();
        await settle(page);
        const tabs = await walk(page);
        const names = tabs.map((each) => each.name);
        expect(names.slice(0, 10), title).toEqual(['Skip to what is shown', 'Outpost', ...TITLES, 'Log out']);
        expect(tabs.length, title).toBeLessThan(TABS_MAX);
        expect(
          tabs.filter((each) => each.name === ''),
          title,
        ).toEqual([]);
        expect(
          tabs.filter((each) => !each.hasRing || !each.isInSight),
          title,
        ).toEqual([]);
      }
      await page.reload();
      await settle(page);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(await page.evaluate('document.activeElement.tagName')).toBe('MAIN');
      await context.close();
    },
    LOOKED_AT_MS,
  );

  it(
    'hears what changes when it matters, and not each number as it moves',
    async () => {
      const { page, context } = await openPageOf(browser, box.url);
      await context.addCookies(cookies);
      await page.reload();
      await page.locator('.reading', { hasText: 'Engine speed' }).waitFor();
      // What would be read aloud while nobody does anything.
      const said = (await page.evaluate(`new Promise((resolve) => {
      const heard = [];
      let turns = 0;
      const polite = (node) => node?.closest?.('[aria-live], [role=status], [role=alert]');
      new MutationObserver((changes) => {
        for (const { target } of changes) {
          const element = target.nodeType === 3 ? target.parentElement : target;
          const place = polite(element);
          const isSaid = place && place.getAttribute('aria-live') !== 'off';
          if (isSaid && target.textContent.trim() !== '') heard.push(target.textContent);
          if (element.closest('.headline [aria-live=off]')) turns += 1;
        }
        if (turns > 5) resolve(heard);
      }).observe(document.body, { subtree: true, childList: true, characterData: true });
    })`)) as readonly string[];
      expect(said).toEqual([]);
      const reading = page.getByRole('list', { name: 'Readings of car' }).getByRole('listitem').first();
      expect(await reading.innerText()).toMatch(/Vehicle speed\s+[\d.,]+\s*km\/h/);
      await context.close();
    },
    STARTED_MS,
  );
});
