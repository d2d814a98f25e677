import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dimoWire, platformVerifier } from '@outpost/gateway';
import type { WallNs } from '@outpost/schemas/words';
import { judgeAttestation, judgeStatus, type Rules } from '../dimo/judge.ts';
import { RIG_START_NS } from '../dimo/rig.ts';
import { type Random, random } from '../random/sfc32.ts';
import {
  CHALLENGE_ANSWER,
  type DimoFuzzSeeds,
  newDimoSeeds,
  SETTINGS,
  TOKEN_ANSWER,
} from './dimo-fuzz-seeds.ts';
import { MUTATIONS, type Mutation, mutated } from './dimo-mutation.ts';

/** What reads something of DIMO's, or something of ours that has been with DIMO. */
const TARGETS = [
  'answer',
  'challenge',
  'token',
  'certificate',
  'issued',
  'event',
  'binding',
  'settings',
  'weeks',
  'status-port',
  'attestation-port',
] as const;
export type DimoFuzzTarget = (typeof TARGETS)[number];

export interface DimoFuzzReport {
  readonly inputs: Readonly<Record<DimoFuzzTarget, number>>;
  readonly mutations: Readonly<Record<Mutation, number>>;
  /** Spoiled inputs that still read, and rightly so. */
  readonly taken: Readonly<Record<DimoFuzzTarget, number>>;
  /** The longest that one input took, in milliseconds. */
  readonly slowestMs: number;
  readonly wrong: {
    readonly thrown: number;
    /** Events that were believed although something of them was changed. */
    readonly forged: number;
    /** Bindings that bound somebody else. */
    readonly misbound: number;
    /** Outcomes that no rule gives: an unknown kind, words that are not printable, times that never end. */
    readonly unruly: number;
    /** Inputs that took longer than a quarter of a second. */
    readonly slow: number;
  };
  /** The first of what was wrong. */
  readonly examples: readonly string[];
}

const SLOW_MS = 250;
const EXAMPLES_MAX = 10;
const STATUSES = [200, 201, 204, 301, 400, 401, 403, 404, 408, 413, 425, 429, 500, 503, 0, 999];
/** A file is written for each: one in so many draws goes there. */
const FILE_EVERY = 8;
const NOW = RIG_START_NS as WallNs;

type Finding = 'forged' | 'misbound' | 'unruly';
/** Whether it was taken, or what is wrong with what became of it. */
type Verdict = boolean | Finding;

const zeros = <K extends string>(names: readonly K[]): Record<K, number> =>
  Object.fromEntries(names.map((name) => [name, 0])) as Record<K, number>;

const RULES: Rules = {
  node: 'dis',
  chain: dimoWire.CHAINS.polygon,
  nowMs: Number(RIG_START_NS / 1_000_000n),
  newId: () => 'made-here',
};

const EXPECTED: ReadonlyMap<number, dimoWire.Answer['kind']> = new Map([
  [200, 'taken'],
  [400, 'refused'],
  [401, 'stranger'],
  [403, 'stranger'],
  [413, 'too-large'],
]);

const answerVerdict = (text: string, chance: Random): Verdict => {
  const status = STATUSES[chance.whole(STATUSES.length)] ?? 0;
  const reply = { status, contentType: '', retryAfterMs: undefined, body: new TextEncoder().encode(text) };
  const answer = dimoWire.answerOf(reply, { busyMs: 1_000 }, 'there');
  if (answer.kind !== (EXPECTED.get(status) ?? 'later')) return 'unruly';
  const words = answer.kind === 'refused' ? answer.words : 'fault' in answer ? answer.fault.words : '';
  if (!/^[ -~]*$/.test(words) || words.length > 500) return 'unruly';
  return answer.kind === 'taken';
};

const tokenVerdict = (text: string): Verdict => {
  const token = dimoWire.tokenIn(new TextEncoder().encode(text));
  if (token === undefined) return false;
  const isRuly = /^[\w.-]{1,8192}$/.test(token.text) && token.goodMs > 0 && token.goodMs <= 86_400_000;
  return isRuly || 'unruly';
};

const shownVerdict = (shown: ReturnType<typeof dimoWire.readShown>): Verdict => {
  if (!shown.ok) return /^[ -~’]*$/.test(shown.fault.words) ? false : 'unruly';
  const { source, notBeforeMs, notAfterMs } = shown.value;
  const isRuly =
    dimoWire.checksummed(source) === source && Number.isFinite(notBeforeMs) && Number.isFinite(notAfterMs);
  return isRuly || 'unruly';
};

/** What an event says, whatever blanks and escapes it is written with. */
const meaningOf = (text: string): string => {
  const { data: _, ...header } = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const names = Object.keys(header).toSorted();
  return JSON.stringify([names.map((name) => [name, header[name]]), dimoWire.rawMember(text, 'data')]);
};

/** One draw of a target: its chance, what spoils a text, and the sound ones. */
interface Draw {
  readonly chance: Random;
  readonly seeds: DimoFuzzSeeds;
  readonly directory: string;
  /** One of the sound events. */
  readonly original: string;
  spoil(text: string): string;
}

/** Undefined where the text is no JSON. */
const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const certificateVerdict = ({ chance, seeds, spoil }: Draw): Verdict => {
  const { certificate, key } = seeds.pair;
  return shownVerdict(
    chance.whole(4) === 0
      ? dimoWire.readShown(certificate, spoil(key), 'there')
      : dimoWire.readShown(spoil(certificate), key, 'there'),
  );
};

const eventVerdict = ({ seeds, original, spoil }: Draw): Verdict => {
  const text = spoil(original);
  const check = { verify: platformVerifier(), address: seeds.address, seen: new Set<string>() };
  if (dimoWire.checkEvent(text, check) !== undefined) return false;
  // DIMO itself stores one message under each type that its data has.
  const typeless = (each: string): string =>
    meaningOf(each).replace(/"dimo\.(status|events|fingerprint)"/, '');
  return typeless(text) === typeless(original) || 'forged';
};

const bindingVerdict = ({ seeds, spoil }: Draw): Verdict => {
  const binding = dimoWire.bindingFrom(jsonOf(spoil(seeds.binding)));
  const bound = binding === undefined ? undefined : dimoWire.checkBinding(binding, platformVerifier());
  return bound === undefined ? false : bound.address === seeds.address || 'misbound';
};

const settingsVerdict = ({ spoil }: Draw): Verdict => {
  const options = jsonOf(spoil(SETTINGS));
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return false;
  const given = { name: 'dimo', url: 'https://din.dimo.zone:9443', options: { ...options } };
  return dimoWire.checkSettings(given).ok;
};

const weeksVerdict = async ({ seeds, directory, spoil }: Draw): Promise<Verdict> => {
  await writeFile(join(directory, 'weeks.json'), spoil(seeds.weeks));
  const weeks = await dimoWire.openWeeks(directory, () => undefined);
  const told = weeks.subjects.map((subject) => weeks.forecast(subject, NOW));
  const isRuly = told.every(({ points, week }) => week === 258 && points >= 0 && points <= 3_000);
  return isRuly ? told.length > 0 : 'unruly';
};

const issuedVerdict = ({ seeds, spoil }: Draw): Verdict => {
  const { certificate, key } = seeds.pair;
  const answer = spoil(JSON.stringify({ crt: certificate, ca: certificate }));
  return shownVerdict(dimoWire.issuedIn(new TextEncoder().encode(answer), key, 'there'));
};

const statusVerdict = ({ chance, seeds, original, spoil }: Draw): Verdict => {
  const node = chance.whole(2) === 0 ? 'din' : 'dis';
  return judgeStatus(spoil(original), seeds.source, { ...RULES, node }).status === 200;
};

const VERDICTS: Readonly<Record<DimoFuzzTarget, (draw: Draw) => Verdict | Promise<Verdict>>> = {
  answer: ({ chance, spoil }) =>
    answerVerdict(spoil('failed to process cloudevent: signal x is not defined'), chance),
  challenge: ({ spoil }) =>
    dimoWire.challengeIn(new TextEncoder().encode(spoil(CHALLENGE_ANSWER))) !== undefined,
  token: ({ spoil }) => tokenVerdict(spoil(TOKEN_ANSWER)),
  certificate: certificateVerdict,
  issued: issuedVerdict,
  event: eventVerdict,
  binding: bindingVerdict,
  settings: settingsVerdict,
  weeks: weeksVerdict,
  'status-port': statusVerdict,
  'attestation-port': ({ seeds, original, spoil }) =>
    judgeAttestation(spoil(original), seeds.address, RULES).status === 200,
};

/** Spoils what DIMO's servers say, and what comes back from them, and looks that nothing is believed or thrown. */
export const fuzzDimo = async (
  count: number,
  seed: number,
  nowMs: () => number,
  say: (done: number) => void,
): Promise<DimoFuzzReport> => {
  const chance = random(seed, 'dimo-fuzz');
  const seeds = await newDimoSeeds();
  const directory = await mkdtemp(join(tmpdir(), 'outpost-dimo-fuzz-'));
  const [inputs, taken, mutations] = [zeros(TARGETS), zeros(TARGETS), zeros(MUTATIONS)];
  const wrong = { thrown: 0, forged: 0, misbound: 0, unruly: 0, slow: 0 };
  const examples: string[] = [];
  let slowestMs = 0;
  let last = '';
  const spoil = (text: string): string => {
    last = mutated(text, chance, mutations);
    return last;
  };
  const note = (finding: keyof typeof wrong, target: string, why = ''): void => {
    wrong[finding] += 1;
    if (examples.length < EXAMPLES_MAX) examples.push(`${target} ${finding} ${why}: ${JSON.stringify(last)}`);
  };
  try {
    for (let done = 0; done < count; done += 1) {
      const drawn = TARGETS[chance.whole(TARGETS.length)] ?? 'answer';
      const target = drawn === 'weeks' && done % FILE_EVERY !== 0 ? 'event' : drawn;
      inputs[target] += 1;
      const begun = nowMs();
      try {
        const original = seeds.events[chance.whole(seeds.events.length)] ?? '';
        const verdict = await VERDICTS[target]({ chance, seeds, directory, original, spoil });
        if (typeof verdict === 'string') note(verdict, target);
        else if (verdict) taken[target] += 1;
      } catch (error) {
        note('thrown', target, String(error));
      }
      const tookMs = nowMs() - begun;
      slowestMs = Math.max(slowestMs, tookMs);
      if (tookMs > SLOW_MS) note('slow', target);
      if ((done + 1) % 10_000 === 0) say(done + 1);
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  return { inputs, mutations, taken, slowestMs: Math.round(slowestMs), wrong, examples };
};
