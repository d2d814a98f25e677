/**
 * Writes Grafana's files anew from their sources.
 *
 *     npm run grafana
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { grafanaFiles } from './files.ts';

const DIRECTORY = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'deploy', 'grafana');

for (const [path, text] of grafanaFiles()) {
  const file = join(DIRECTORY, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  process.stdout.write(`deploy/grafana/${path}\n`);
}
