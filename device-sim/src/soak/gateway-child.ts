/**
 * A whole gateway, as `outpost run` runs it, on a clock that is faster than the machine's:
 *
 *     node device-sim/dist/soak/gateway-child.js CONFIG PACE
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openLog, runGateway } from '@outpost/gateway';
import { parseConfig } from '@outpost/schemas/config';
import { sentence } from '@outpost/schemas/words';
import { fastClock, paceFrom } from './fast-clock.ts';

export const GATEWAY_CHILD: string = fileURLToPath(import.meta.url);

const REPEAT_AFTER_MS = 60_000;

const main = async ([path = '', pace = '']: readonly string[]): Promise<void> => {
  const config = parseConfig(JSON.parse(await readFile(path, 'utf8')), path);
  if (!config.ok) throw new Error(sentence(config.fault));
  const clock = fastClock(paceFrom(pace));
  const stopping = new AbortController();
  process.once('SIGTERM', () => stopping.abort(new Error('stopped by SIGTERM')));
  const write = (line: string): void => void process.stderr.write(line);
  const log = openLog({ clock, style: 'time', repeatAfterMs: REPEAT_AFTER_MS, write });
  const ended = await runGateway({ config: config.value, clock, log, signal: stopping.signal });
  if (!ended.ok) throw new Error(sentence(ended.fault));
};

if (process.argv[1] === GATEWAY_CHILD) await main(process.argv.slice(2));
