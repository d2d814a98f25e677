import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** Where Debian puts it. */
export const CHROMIUM = '/usr/bin/chromium';
export const hasChromium = (): boolean => existsSync(CHROMIUM);

/** It asks nobody but the page's own box for anything. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const openBrowser = (): Promise<Browser> => chromium.launch({ executablePath: CHROMIUM, args: FLAGS });

/** A page and all that a person would not see of it. */
export interface Watched {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors and warnings of its console, and what was thrown in it. */
  readonly complaints: readonly string[];
  /** Addresses that it asked and that are not the box. */
  readonly strangers: readonly string[];
}

export interface Look {
  readonly width: number;
  readonly height: number;
  readonly colorScheme?: 'light' | 'dark';
  readonly deviceScaleFactor?: number;
  readonly isMobile?: boolean;
  readonly hasTouch?: boolean;
}

const DESK: Look = { width: 1280, height: 900 };
const ANSWER_MS = 20_000;

/** A browser of its own, without cookies, that is watched from its first request on. */
export const openPageOf = async (browser: Browser, url: string, look: Look = DESK): Promise<Watched> => {
  const { width, height, ...rest } = look;
  const context = await browser.newContext({ viewport: { width, height }, ...rest });
  context.setDefaultTimeout(ANSWER_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  const strangers: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(`${url}/`) && !request.url().startsWith('blob:'))
      strangers.push(request.url());
  });
  await page.goto(url);
  return { page, context, complaints, strangers };
};
