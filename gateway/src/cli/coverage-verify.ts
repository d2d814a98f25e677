import { GAIN_UNTOLD, radioName, type SignedReception } from '@outpost/schemas/radio';
import { Command } from 'commander';
import { type EvidenceJudge, openEvidenceJudge } from '../coverage/judge-evidence.ts';
import { merged, receptionsOf } from '../coverage/reception-stream.ts';
import { complain, EXIT, type Terminal } from './context.ts';
import {
  type EvidenceOptions,
  type ReadEvidence,
  readEvidence,
  withEvidenceOptions,
} from './coverage-inputs.ts';
import {
  beaconLines,
  encounterLines,
  jsonLine,
  newTally,
  receptionLine,
  tallyLines,
} from './coverage-text.ts';
import { reportLines } from './verify-text.ts';

interface Options extends EvidenceOptions {
  readonly json?: boolean;
  readonly brief?: boolean;
}

/** What each reception says, as it is judged; the same order at every run. */
async function* judgedOf({ files }: ReadEvidence, judge: EvidenceJudge, signal: AbortSignal) {
  for await (const signed of merged(files.map(({ file }) => receptionsOf(file, signal))))
    yield { signed, explained: judge.judge(signed) };
}

const summary = (evidence: ReadEvidence, judge: EvidenceJudge, tally: ReturnType<typeof newTally>) => ({
  ...tally,
  encounters: judge.encounters.list(),
  beacons: judge.beacons?.explain() ?? [],
  forgotten: evidence.senders.forgotten + judge.encounters.forgotten + (judge.beacons?.forgotten ?? 0),
});

const placeIn = ({ deviceKey, stream, epoch, sequence }: SignedReception) => ({
  deviceKey,
  stream,
  epoch,
  sequence,
});

const sayAll = async (evidence: ReadEvidence, options: Options, terminal: Terminal) => {
  const judge = openEvidenceJudge(evidence.known, evidence.senders, evidence.entropies);
  const tally = newTally();
  for await (const { signed, explained } of judgedOf(evidence, judge, terminal.signal)) {
    const { verdict, score, findings, words } = explained;
    tally.verdicts[verdict] += 1;
    const broken = findings.filter(({ outcome }) => outcome === 'broken').map(({ rule }) => rule);
    for (const rule of broken) tally.broken.set(rule, (tally.broken.get(rule) ?? 0) + 1);
    const radio = radioName(signed);
    if (findings.some(({ words: said }) => said.includes(GAIN_UNTOLD))) tally.gainless.add(radio);
    if (options.brief === true && (verdict === 'accepted' || verdict === 'sent')) continue;
    if (options.json !== true) terminal.out(receptionLine(signed, explained));
    else {
      const leaf = { ...placeIn(signed), wall: signed.wall, body: signed.body };
      terminal.out(jsonLine({ kind: 'reception', ...leaf, verdict, score, findings, words }));
    }
  }
  const end = summary(evidence, judge, tally);
  if (options.json === true) {
    for (const each of end.encounters) terminal.out(jsonLine({ kind: 'encounter', ...each }));
    for (const each of end.beacons) terminal.out(jsonLine({ kind: 'beacon', ...each }));
    const { verdicts, broken, forgotten } = end;
    terminal.out(jsonLine({ kind: 'summary', verdicts, broken, forgotten, evidence: evidence.files }));
    return tally;
  }
  for (const line of [...tallyLines(end), ...encounterLines(end.encounters), ...beaconLines(end.beacons)])
    terminal.out(line);
  if (end.forgotten > 0)
    terminal.out(`  ${end.forgotten} places, senders or pairs were too many to hold; split the evidence.`);
  return tally;
};

/** `outpost coverage verify FILE…`: signatures first; nothing is said of receptions that nobody signed. */
export const coverageVerifyCommand = (terminal: Terminal, finish: (code: number) => void): Command =>
  withEvidenceOptions(new Command('verify'))
    .description(
      'say of each reception in evidence files whether it can be true: exit code 0 all may be, 1 the evidence does ' +
        'not hold or a reception would be rejected, 2 consistent but nobody knows who signed',
    )
    .option('--brief', 'only what would not be accepted')
    .option('--json', 'for scripts: one JSON object a line')
    .action(async (files: readonly string[], options: Options) => {
      const evidence = await readEvidence(files, options, terminal);
      if (!evidence.ok) return finish(complain(terminal, evidence.fault));
      const reports = evidence.value.files;
      const fails = reports.some(({ report }) => report.verdict === 'fails');
      const told = fails ? undefined : await sayAll(evidence.value, options, terminal);
      if (options.json === true) {
        if (fails) terminal.out(jsonLine({ kind: 'summary', evidence: reports }));
      } else {
        for (const { file, report } of reports)
          for (const line of [`${file}:`, ...reportLines(report)]) terminal.out(line);
        if (fails) terminal.out('The receptions were not looked at, because the evidence does not hold.');
      }
      if (told === undefined || told.verdicts.rejected > 0) return finish(EXIT.failed);
      const identified = reports.every(({ report }) => report.verdict === 'holds');
      return finish(identified ? EXIT.done : EXIT.unidentified);
    });
