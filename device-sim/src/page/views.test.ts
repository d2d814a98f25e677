import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openScene, type Scene } from '../system/box.ts';
import { outpost } from '../system/programs.ts';
import { seriousFindings } from './axe.ts';
import { type BoxWithPage, claim, freeAddress, outerAddress, startBoxWithPage } from './box-with-page.ts';
import { hasChromium, openBrowser, openPageOf, type Watched } from './browser.ts';

/** For a box, a car, a network and a browser to be there, on a machine that is busy. */
const STARTED_MS = 60_000;

const expectClean = ({ complaints, strangers }: Watched): void => {
  expect(complaints).toEqual([]);
  expect(strangers).toEqual([]);
};

/** For one test of a machine that does much else. */
const BUSY_MS = 90_000;

describe.skipIf(!hasChromium())('the views of the page in a real Chromium', { timeout: BUSY_MS }, () => {
  let scene: Scene;
  let box: BoxWithPage;
  let browser: Browser;
  let watched: Watched;
  let files: string;
  let url: string;

  beforeAll(async () => {
    files = await mkdtemp(join(tmpdir(), 'outpost-views-'));
    scene = await openScene();
    const receiver = await freeAddress();
    const port = await scene.car('--cycle', 'us06', '--speed-up', '4', '--gnss', receiver);
    const network = await scene.network('network', '--accept-simulated');
    // Where there is one, an address of which browsers say that it is not secure: no crypto.subtle, no clipboard.
    const outer = outerAddress();
    const address = outer === undefined ? '127.0.0.1' : '0.0.0.0';
    box = await startBoxWithPage(scene, { port, network, address, receiver });
    url = box.url.replace('0.0.0.0', outer ?? '');
    browser = await openBrowser();
    watched = await openPageOf(browser, url);
    await claim(watched.page, await box.code());
    await watched.page
      .getByRole('article', { name: 'sim' })
      .getByText(/[1-9]\d* acknowledged/)
      .waitFor();
  }, STARTED_MS);

  afterAll(async () => {
    await browser?.close();
    await scene?.[Symbol.asyncDispose]();
    await rm(files, { recursive: true, force: true });
  });

  it('verifies what the box exports in the browser, and shows a file that was tampered with as tampered', async () => {
    const { page } = watched;
    await page.getByRole('link', { name: 'Evidence' }).click();
    await page.getByRole('heading', { name: 'Evidence', exact: true }).waitFor();
    expect(await page.evaluate('isSecureContext')).toBe(outerAddress() === undefined);
    await page.getByRole('button', { name: 'Verify in this browser' }).click();
    const verdict = page.getByRole('article', { name: 'Verdict' });
    await verdict.getByRole('heading', { name: 'It holds.' }).waitFor();
    expect(await verdict.innerText()).toMatch(/[1-9]\d* attestations, [1-9][\d,]* readings/);
    expect(await seriousFindings(page)).toEqual([]);

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download the evidence' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('evidence.outpost');
    const path = join(files, 'evidence.outpost');
    await download.saveAs(path);
    const choose = page.getByLabel(/Or check an evidence file/);
    await choose.setInputFiles(path);
    await verdict.getByText('The file evidence.outpost').waitFor();
    await verdict.getByRole('heading', { name: 'It holds.' }).waitFor();

    const bytes = new Uint8Array(await readFile(path));
    const middle = bytes.length >> 1;
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    const tampered = join(files, 'tampered.outpost');
    await writeFile(tampered, bytes);
    await choose.setInputFiles(tampered);
    await verdict.getByText('The file tampered.outpost').waitFor();
    await verdict.getByRole('heading', { name: 'It does not hold.' }).waitFor();
    expect(await verdict.getByRole('listitem').first().innerText()).toMatch(
      /^Does not hold: .+\.\s.*[\w-]+\.[\w-]+$/s,
    );
    expect(await seriousFindings(page)).toEqual([]);

    const other = `outpost-ed25519:${'11'.repeat(32)}`;
    await page.getByLabel(/Signed by this key/).fill(other);
    await choose.setInputFiles(path);
    await verdict
      .getByText(/signer\.unknown/)
      .first()
      .waitFor();
    expectClean(watched);
  });

  it('shows the chain, one attestation of it, and hands out the proof of one reading', async () => {
    const { page } = watched;
    await page.goto(`${url}/#evidence`);
    await page
      .getByRole('list', { name: /Attestations/ })
      .getByRole('link')
      .first()
      .click();
    await page.getByRole('list', { name: 'Readings' }).getByRole('listitem').first().waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Verify in this browser' }).click();
    await page.getByRole('heading', { name: 'It holds.' }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page
        .getByRole('button', { name: /Save its proof, of reading/ })
        .first()
        .click(),
    ]);
    const path = join(files, 'proof.outpost');
    await download.saveAs(path);
    const { out } = await outpost(['verify', path, '--json']);
    expect(JSON.parse(out)).toMatchObject({ verdict: 'unidentified', checked: { proofs: 1, leaves: 0 } });
    await page.getByRole('link', { name: '← The chain' }).click();
    await page.getByRole('heading', { name: 'Evidence', exact: true }).waitFor();
    expectClean(watched);
  });

  it('draws where the car was and how fast, and asks nobody for tiles', async () => {
    const { page } = watched;
    await page.getByRole('link', { name: 'Map' }).click();
    await page.getByRole('img', { name: /the way of gps\/telemetry, \d+\.\d km/ }).waitFor();
    expect(await page.locator('.way path').getAttribute('d')).toMatch(/^M[\d.-]+ [\d.-]+L/);
    expect(await page.locator('.scale text').innerHTML()).toMatch(/^(1|2|5)0* k?m$/);
    await page
      .getByRole('img', { name: /Speed over time, [1-9]\d* km\/h/ })
      .locator('canvas')
      .waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.goto(`${url}/#map/1/2`);
    await page.getByText('Nothing of that time has a place.').waitFor();
    expectClean(watched);
  });

  it('says what became of each attestation with the network, and sums it by day', async () => {
    const { page } = watched;
    await page.getByRole('link', { name: 'Ledger' }).click();
    await page.getByRole('heading', { name: 'Ledger', exact: true }).waitFor();
    await page
      .getByRole('list', { name: 'What became of each' })
      .getByText(/: settled$/)
      .first()
      .waitFor();
    await page.getByRole('row', { name: /attestations to \S+ [1-9][\d,]* settled/ }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByLabel('Made or ended in').selectOption('the last hour');
    await page.getByRole('row', { name: /attestations to \S+ [1-9][\d,]* settled/ }).waitFor();
    expectClean(watched);
  });

  it('draws where radio frames were heard, the stronger the fuller, and says what is not on the map', async () => {
    const { page } = watched;
    const cell = { latitude: 475_010_000, longitude: 85_010_000, count: 3, bestRssiDeciDbm: -1_200 };
    const hotspot = (gateway: string, north: number) => ({
      stream: 'hotspots/coverage',
      gateway,
      frames: 3,
      points: [[1_000, north, 85_020_000, -1]],
    });
    const json = {
      tracks: [hotspot('aa555a0000000001', 475_020_000), hotspot('aa555a0000000002', 475_060_000)],
      heard: [cell, { ...cell, longitude: 85_030_000, bestRssiDeciDbm: -800 }],
      trips: [{ stream: 'car/telemetry', fromMs: 1_000, toMs: 2_000, distanceM: 1_234 }],
      hidden: 2,
      isWhole: false,
    };
    await page.route('**/api/places?*', (route) => route.fulfill({ json }));
    await page.goto(`${url}/#live`);
    await page.getByRole('link', { name: 'Map' }).click();
    await page.getByRole('img', { name: /6 radio frames heard in 2 places/ }).waitFor();
    const [faint = 1, full = 0] = await page
      .locator('rect.heard')
      .evaluateAll((cells) => cells.map((each) => Number(each.getAttribute('fill-opacity'))));
    expect(faint).toBeLessThan(full);
    await page.getByRole('img', { name: /hotspot aa555a0000000002, 3 frames heard/ }).waitFor();
    expect(await page.locator('.hotspot text').allTextContents()).toEqual(['…000001', '…000002']);
    await page.getByText('2 positions were kept private').waitFor();
    await page.getByText('There is more of that time than one map shows').waitFor();
    await page.getByRole('listitem').filter({ hasText: '1.2 km' }).getByRole('link').click();
    await page.getByRole('heading', { name: 'A trip' }).waitFor();
    await page.unrouteAll({ behavior: 'wait' });
    expectClean(watched);
  });

  it('says how everything is, and adds up what came in', async () => {
    const { page } = watched;
    await page.getByRole('link', { name: 'Health' }).click();
    await page.getByRole('heading', { name: 'All is well.' }).waitFor();
    await page.getByText('This evidence is signed by a demo key').waitFor();
    await page.getByRole('row', { name: /^Readings/ }).waitFor();
    expect(await page.evaluate('document.activeElement.tagName')).toBe('MAIN');
    expectClean(watched);
  });
});
