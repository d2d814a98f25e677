import { connect, type Socket } from 'node:net';
import { systemClock } from '@outpost/firmware-bridge';
import { elapsedMs } from '@outpost/schemas/words';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { openScene } from '../system/box.ts';
import { claim } from './box-with-page.ts';
import { openBrowser, openPageOf, type Watched } from './browser.ts';
import { residentMebibytes } from './processor.ts';
import { startSensorBox } from './sensor-box.ts';

export interface EyesPlan {
  readonly pages: number;
  readonly minutes: number;
  readonly devices: number;
  /** Connections that ask for what is live and never read it. */
  readonly slow: number;
}

export interface Verdict {
  readonly bar: string;
  readonly holds: boolean;
  readonly figure: string;
}

export interface EyesReport extends EyesPlan {
  readonly verdicts: readonly Verdict[];
  /** Of the gateway, MiB: one for each half minute. */
  readonly gatewayMebibytes: readonly number[];
  /** Of what each page's scripts hold after collection, MiB, at the first look and at the last. */
  readonly pageMebibytes: readonly (readonly [first: number, last: number])[];
}

const PER_SECOND = 5;
const LOOK_MS = 30_000;
/** Until caches, pools and code are warm. */
const WARM_UP_MS = 60_000;
const GATEWAY_GROWTH_MAX_MEBIBYTES = 8;
const PAGE_GROWTH_MAX_MEBIBYTES = 4;
const MIB = 2 ** 20;

interface Eye extends Watched {
  readonly session: CDPSession;
}

const openEye = async (browser: Browser, url: string, cookies: Cookies): Promise<Eye> => {
  const watched = await openPageOf(browser, url);
  await watched.context.addCookies(cookies);
  await watched.page.reload();
  await watched.page.locator('.reading').first().waitFor({ state: 'attached' });
  return { ...watched, session: await watched.context.newCDPSession(watched.page) };
};

type Cookies = Awaited<ReturnType<BrowserContext['cookies']>>;

const heldBy = async ({ session }: Eye): Promise<number> => {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize / MIB;
};

/** Asks and never reads; `isGone` once the box has let it go. */
const openSlow = (url: string, cookie: string): { readonly socket: Socket; isGone(): boolean } => {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  let gone = false;
  socket.on('error', () => {
    gone = true;
  });
  socket.on('close', () => {
    gone = true;
  });
  socket.pause();
  socket.write(`GET /api/live HTTP/1.1\r\nhost: ${hostname}\r\ncookie: ${cookie}\r\n\r\n`);
  return { socket, isGone: () => gone };
};

/**
 * Whether a connection is still there is only known to whoever uses it: what had arrived before is read now, and whoever
 * was let go meets its end behind it.
 */
const drained = async (slow: readonly ReturnType<typeof openSlow>[]): Promise<number> => {
  for (const { socket } of slow) socket.resume();
  const clock = systemClock();
  const never = new AbortController().signal;
  for (let look = 0; look < 50 && slow.some(({ isGone }) => !isGone()); look += 1)
    await clock.sleep(100, never);
  return slow.filter(({ isGone }) => isGone()).length;
};

/** How much more the last third takes than the first, each at its least: what is between is garbage that comes and goes. */
const growthOf = (values: readonly number[]): number => {
  const third = Math.max(1, Math.floor(values.length / 3));
  return Math.min(...values.slice(-third)) - Math.min(...values.slice(0, third));
};

const stillMoves = async (page: Page): Promise<boolean> => {
  const shown = page.locator('.reading-value').first();
  const before = await shown.innerText();
  for (let look = 0; look < 100; look += 1) {
    if ((await shown.innerText()) !== before) return true;
    await systemClock().sleep(100, new AbortController().signal);
  }
  return false;
};

interface Seen {
  readonly gateway: readonly number[];
  readonly pages: EyesReport['pageMebibytes'];
  readonly gone: number;
  readonly moving: number;
  readonly complaints: readonly string[];
}

const judge = (plan: EyesPlan, { gateway, pages, gone, moving, complaints }: Seen): readonly Verdict[] => {
  const grown = growthOf(gateway);
  const worst = Math.max(...pages.map(([first, last]) => last - first));
  return [
    {
      bar: `the gateway grows by ${GATEWAY_GROWTH_MAX_MEBIBYTES} MiB at most`,
      holds: grown <= GATEWAY_GROWTH_MAX_MEBIBYTES,
      figure: `${grown.toFixed(1)} MiB from the first third to the last`,
    },
    {
      bar: `no page grows by more than ${PAGE_GROWTH_MAX_MEBIBYTES} MiB`,
      holds: worst <= PAGE_GROWTH_MAX_MEBIBYTES,
      figure: `${worst.toFixed(1)} MiB`,
    },
    { bar: 'whoever does not read is let go', holds: gone === plan.slow, figure: `${gone} of ${plan.slow}` },
    {
      bar: 'every page moves at the end',
      holds: moving === plan.pages,
      figure: `${moving} of ${plan.pages}`,
    },
    {
      bar: 'no complaint of a browser',
      holds: complaints.length === 0,
      figure: complaints.slice(0, 3).join('; '),
    },
  ];
};

/** Many pages, each with a browser's context of its own, and some that do not read, look at one box. */
export const manyEyes = async (plan: EyesPlan, say: (line: string) => void): Promise<EyesReport> => {
  const clock = systemClock();
  const never = new AbortController().signal;
  await using scene = await openScene();
  const box = await startSensorBox(scene, plan.devices);
  const stopping = new AbortController();
  const publishing = box.publish(PER_SECOND, stopping.signal);
  const browser = await openBrowser();
  try {
    const owner = await openPageOf(browser, box.url);
    await claim(owner.page, await box.code());
    const cookies = await owner.context.cookies();
    await owner.context.close();
    const eyes: Eye[] = [];
    for (let at = 0; at < plan.pages; at += 1) eyes.push(await openEye(browser, box.url, cookies));
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    const slow = Array.from({ length: plan.slow }, () => openSlow(box.url, cookie));
    say(`${eyes.length} pages are open`);
    await clock.sleep(WARM_UP_MS, never);
    const first = await Promise.all(eyes.map(heldBy));
    const gateway: number[] = [];
    const begun = clock.mono();
    while (elapsedMs(begun, clock.mono()) < plan.minutes * 60_000) {
      await clock.sleep(LOOK_MS, never);
      gateway.push(await residentMebibytes(box.gateway.pid));
      say(`${gateway.at(-1)?.toFixed(1)} MiB`);
    }
    const last = await Promise.all(eyes.map(heldBy));
    const pages = first.map((before, at) => [before, last[at] ?? Number.NaN] as const);
    const moving = (await Promise.all(eyes.map(({ page }) => stillMoves(page)))).filter(Boolean).length;
    const gone = await drained(slow);
    const complaints = eyes.flatMap((eye) => [...eye.complaints, ...eye.strangers]);
    const seen = { gateway, pages, gone, moving, complaints };
    return { ...plan, verdicts: judge(plan, seen), gatewayMebibytes: gateway, pageMebibytes: pages };
  } finally {
    stopping.abort(new Error('seen'));
    await publishing;
    await browser.close();
  }
};
