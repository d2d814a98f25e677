import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import { fail, fault } from '@outpost/schemas/words';
import type { Offset } from '../journal/contract.ts';
import type { Log } from '../log.ts';
import { createLatest, type Latest } from './latest.ts';
import { openPage, type PageParts } from './page.ts';

export const PASSWORD = 'correct horse battery';

/** A page's server on a directory of its own, asked over real HTTP. */
export interface TestPage extends AsyncDisposable {
  readonly directory: string;
  readonly url: string;
  readonly latest: Latest;
  /** What it wrote into its log since it was started. */
  readonly said: readonly string[];
  /** The code that it shows while it has no owner. */
  code(): Promise<string>;
  get(path: string, cookie?: string): Promise<Response>;
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** Makes the test its owner; gives the cookie. */
  claim(): Promise<string>;
  /** The same directory, another process as it were. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A box that nobody has spoken to. */
const NOTHING: Omit<PageParts, 'config' | 'dataDirectory' | 'clock' | 'log' | 'latest'> = {
  ledger: () => Promise.resolve(fail(fault('unreachable', 'none', 'the ledger', 'is not there.'))),
  journal: {
    start: 0n as Offset,
    end: 0n as Offset,
    spans: [],
    read: async function* () {},
    contextAt: async () => undefined,
  },
  keyRecords: () => [],
  heads: () => new Map(),
  status: () => '{"version":"1"}',
  box: undefined,
  order: () => Promise.resolve(fail(fault('refused', 'none', 'order', 'there is no device.'))),
  now: () => {
    throw new Error('a test that asks for the numbers gives them');
  },
};

export const cookieOf = (answer: Response): string =>
  (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';

const ask = (urlOf: () => string) => ({
  get: (path: string, cookie?: string): Promise<Response> =>
    fetch(`${urlOf()}${path}`, cookie === undefined ? {} : { headers: { cookie } }),
  post: (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    fetch(`${urlOf()}${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', 'x-outpost': '1', ...headers },
    }),
});

/** @param parts what the box has to show, where that matters to the test */
export const openTestPage = async (parts: Partial<PageParts> = {}): Promise<TestPage> => {
  const directory = await mkdtemp(join(tmpdir(), 'outpost-page-'));
  const said: string[] = [];
  const log: Log = { line: (_, words) => void said.push(words), fault: ({ words }) => void said.push(words) };
  let [url, latest] = ['', createLatest()];
  let ending = new AbortController();
  let done: Promise<void> = Promise.resolve();
  const start = async (): Promise<void> => {
    ending = new AbortController();
    latest = createLatest();
    said.length = 0;
    const page = await openPage({
      config: { address: '127.0.0.1', port: 0, names: ['box.example'] },
      dataDirectory: directory,
      clock: systemClock(),
      log,
      latest,
      ...NOTHING,
      ...parts,
    });
    if (!page.ok) throw new Error(page.fault.words);
    url = page.value.url;
    done = page.value.run(ending.signal).catch(() => undefined);
  };
  const stop = async (): Promise<void> => {
    ending.abort(new Error('the test is over'));
    await done;
  };
  await start();
  const { get, post } = ask(() => url);
  const code = async (): Promise<string> =>
    (await readFile(join(parts.dataDirectory ?? directory, 'page', 'claim-code.txt'), 'utf8')).trim();
  return {
    directory,
    get url() {
      return url;
    },
    get latest() {
      return latest;
    },
    said,
    code,
    get,
    post,
    claim: async () => {
      const answer = await post('/api/claim', { code: await code(), password: PASSWORD });
      if (answer.status !== 200) throw new Error(`the claim is answered with ${answer.status}`);
      return cookieOf(answer);
    },
    restart: async () => {
      await stop();
      await start();
    },
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
};
