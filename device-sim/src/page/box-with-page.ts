import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { freePort } from '../mqtt/box.ts';
import { configOf, type NetworkEnd, type Scene } from '../system/box.ts';
import { type Program, until, untilSaid } from '../system/programs.ts';

export const PASSWORD = 'correct horse battery';

export interface BoxWithPage {
  readonly gateway: Program;
  readonly configPath: string;
  readonly data: string;
  readonly url: string;
  /** What the box shows to whoever stands before it. */
  code(): Promise<string>;
}

export interface BoxParts {
  readonly port: string;
  readonly network?: NetworkEnd;
  /** Where the page listens; by default only this machine reaches it. */
  readonly address?: string;
  /** Of a satellite receiver, where there is one. */
  readonly receiver?: string;
}

/** An address of this machine that is not its loopback; undefined where it has none. */
export const outerAddress = (): string | undefined =>
  Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

const URL_SAID = /page: http:\/\/\S+:\d+/;

/** A real `outpost run` with this configuration, as soon as it serves its page. */
export const startConfigured = async (
  scene: Scene,
  config: Readonly<Record<string, unknown>> & { readonly dataDirectory: string; readonly page: object },
): Promise<BoxWithPage> => {
  const data = config.dataDirectory;
  const configPath = await scene.write('outpost.json', config);
  const gateway = scene.gateway(configPath);
  const said = await untilSaid(gateway, URL_SAID);
  const url = said.replace('page: ', '').replace(/,$/, '');
  const code = (): Promise<string> =>
    until('the box shows its code', async () => {
      const text = await readFile(join(data, 'page', 'claim-code.txt'), 'utf8').catch(() => '');
      return text.trim() === '' ? undefined : text.trim();
    });
  return { gateway, configPath, data, url, code };
};

/** One that reads a car. */
export const startBoxWithPage = (
  scene: Scene,
  { port, network, address = '127.0.0.1', receiver }: BoxParts,
): Promise<BoxWithPage> => {
  const base = configOf({ data: scene.path('data'), port, network });
  const gps = receiver === undefined ? [] : [{ name: 'gps', adapter: 'nmea', port: receiver }];
  return startConfigured(scene, {
    ...base,
    devices: [...base.devices, ...gps],
    page: { address, port: 0 },
  });
};

/** An address at which nobody listens now. */
export const freeAddress = async (): Promise<string> => `tcp://127.0.0.1:${await freePort()}`;

/** What its owner does first. */
export const claim = async (page: Page, code: string): Promise<void> => {
  await page.getByLabel('Code').fill(code);
  await page.getByLabel(/A new password/).fill(PASSWORD);
  await page.getByRole('button', { name: 'Claim this box' }).click();
  await page.getByRole('button', { name: 'Log out' }).waitFor();
};
