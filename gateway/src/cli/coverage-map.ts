import { openCells } from '@outpost/schemas/radio';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import { Command } from 'commander';
import { cellAt } from '../coverage/h3.ts';
import { openEvidenceJudge } from '../coverage/judge-evidence.ts';
import { mapGeoJson, mapJson } from '../coverage/map-file.ts';
import { merged, receptionsOf } from '../coverage/reception-stream.ts';
import { complain, EXIT, type Terminal } from './context.ts';
import { type EvidenceOptions, readEvidence, withEvidenceOptions } from './coverage-inputs.ts';
import { createWholeFile } from './new-file.ts';
import { VERDICT_CODES } from './verify-file.ts';

interface Options extends EvidenceOptions {
  readonly out: string;
  readonly resolution: string;
}

/** Edges of 200 m: what a receiver's error and a street have room in. */
const RESOLUTION = '9';
const RESOLUTION_MAX = 12;
const FILE_MODE = 0o644;

const resolutionFrom = (text: string): Result<number> =>
  /^\d{1,2}$/.test(text) && Number(text) <= RESOLUTION_MAX
    ? ok(Number(text))
    : fail(fault('misconfigured', 'coverage.resolution', '--resolution', `write 0 to ${RESOLUTION_MAX}.`));

const drawMap = async (
  files: readonly string[],
  options: Options,
  terminal: Terminal,
): Promise<Result<number>> => {
  const resolution = resolutionFrom(options.resolution);
  if (!resolution.ok) return resolution;
  const evidence = await readEvidence(files, options, terminal);
  if (!evidence.ok) return evidence;
  const { senders, known, entropies, files: reports } = evidence.value;
  const failed = reports.find(({ report }) => report.verdict === 'fails');
  if (failed !== undefined) {
    const words = 'the evidence does not hold, so there is nothing to draw; see `outpost verify`.';
    return fail(fault('untrusted', 'coverage.evidence', failed.file, words));
  }
  const judge = openEvidenceJudge(known, senders, entropies);
  const book = openCells((place) => cellAt(place, resolution.value), senders);
  for await (const signed of merged(files.map((file) => receptionsOf(file, terminal.signal))))
    book.take(signed, judge.judge(signed));
  const cells = book.list();
  const geo = options.out.endsWith('.geojson');
  const text = geo ? mapGeoJson(cells) : mapJson(cells, resolution.value);
  const written = await createWholeFile(options.out, new TextEncoder().encode(text), FILE_MODE);
  if (!written.ok) return written;
  const without = book.placeless === 0 ? '' : `; ${book.placeless} receptions have no place`;
  const beyond = book.forgotten === 0 ? '' : `; ${book.forgotten} receptions lie in cells beyond the most`;
  terminal.out(`${options.out}: ${cells.length} cells${without}${beyond}.`);
  if (reports.every(({ report }) => report.verdict === 'holds')) return ok(EXIT.done);
  terminal.err('Nobody knows who signed all of it; name the keys with --key.');
  return ok(VERDICT_CODES.unidentified);
};

/** `outpost coverage map FILE… --out cells.geojson`. */
export const coverageMapCommand = (terminal: Terminal, finish: (code: number) => void): Command =>
  withEvidenceOptions(new Command('map'))
    .description('draw the H3 cells in which receptions of evidence files show coverage')
    .requiredOption('-o, --out <file>', 'the file to write: .geojson for maps, anything else for scripts')
    .option('--resolution <number>', 'of the H3 grid, 0 to 12', RESOLUTION)
    .action(async (files: readonly string[], options: Options) => {
      const drawn = await drawMap(files, options, terminal);
      return finish(drawn.ok ? drawn.value : complain(terminal, drawn.fault));
    });
