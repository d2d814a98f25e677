import { parseProfile } from '@outpost/schemas/vehicle/profile-files';
import { type Profile, profileByName } from '@outpost/schemas/vehicle/profiles';
import { asciiBytes, type MonoNs, monoAfterMs, monoNs, toHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { DEFAULT_OBD_OPTIONS, type ObdOptions } from './options.ts';
import { type Poll, pollNext, pollReply, startPoll } from './poll.ts';
import { emptyReply, type Question, type Reply } from './question.ts';
import { type Ecu, NO_COUNTS, newCarFacts, type ObdTurn } from './turn.ts';
import { redecodeUds, udsBodies } from './uds-answer.ts';
import { chooseRequests, udsRows } from './uds-rows.ts';
import { SESSION_ROW } from './uds-session.ts';

const NOW = monoNs(1_000_000_000n);
const bundled = (name: string): Profile => {
  const profile = profileByName(name);
  if (!profile.ok) throw new Error(profile.fault.words);
  return profile.value;
};

/** One value that needs an extended session, asked every `everyMs`. */
const extended = (everyMs: number): Profile => {
  const text = JSON.stringify({
    format: 1,
    name: 'bench',
    title: 'A bench',
    vehicles: [{ make: 'Bench', models: ['One'], years: [2020, 2024], powertrain: 'bev' }],
    sources: [{ id: 'bench', where: 'A bench', licence: 'none' }],
    requests: [
      {
        name: 'charge',
        target: '7E4',
        answer: '7EC',
        request: '221234',
        intervalMs: everyMs,
        session: 'extended',
        confidence: 'single source',
        sources: ['bench'],
        signals: [
          {
            signal: 'Vehicle.Powertrain.TractionBattery.StateOfCharge.Current',
            formula: '31|8@0+ (0.5,0)',
            unit: 'percent',
          },
        ],
        vectors: [
          {
            origin: 'computed',
            frames: ['0462123464'],
            values: { 'Vehicle.Powertrain.TractionBattery.StateOfCharge.Current': 50 },
          },
        ],
      },
    ],
  });
  const profile = parseProfile(text, 'bench');
  if (!profile.ok) throw new Error(profile.fault.words);
  return profile.value;
};

const ENGINE: Ecu = { address: 0x7e8, padding: 'padded', pids: new Set(), infoTypes: new Set() };
const NOTHING_ELSE: Partial<ObdOptions> = { poll: [], voltageEveryMs: undefined };

const turnAt = (now: MonoNs, options: Partial<ObdOptions>): ObdTurn => ({
  now,
  options: { ...DEFAULT_OBD_OPTIONS, ...NOTHING_ELSE, ...options },
  car: { ...newCarFacts(now), ecus: [ENGINE] },
  counts: NO_COUNTS,
  said: [],
  fates: [],
});

const answer = (payload: readonly number[]): Reply => ({
  ...emptyReply('negative'),
  verdict: 'answered',
  answers: [
    {
      ecu: 0x7ec,
      payload: Uint8Array.from(payload),
      padding: 'padded',
      carriers: [{ raw: asciiBytes('line'), fault: undefined }],
    },
  ],
});

/** What the control unit of the bench says. */
const bench = ({ request, target }: Question): Reply => {
  if (target === undefined) return { ...emptyReply('negative'), refusals: new Map([[0x7e8, 0x11]]) };
  switch (toHex(request)) {
    case '1003':
      return answer([0x50, 0x03, 0x00, 0x32, 0x01, 0xf4]);
    case '221234':
      return answer([0x62, 0x12, 0x34, 0x64]);
    default:
      return emptyReply('unanswered');
  }
};

interface Played {
  /** Requests by the seconds of their moment; only those of the control unit of the bench. */
  readonly asked: readonly string[];
  readonly values: number;
}

const play = (options: Partial<ObdOptions>, seconds: number, reply = bench): Played => {
  const asked: string[] = [];
  let values = 0;
  let now = NOW;
  let phase: Poll = startPoll(turnAt(now, options), false);
  for (let step = 0; step < 10_000 && now < monoAfterMs(NOW, seconds * 1_000); step += 1) {
    const turn = turnAt(now, options);
    const wanted = pollNext(turn, phase);
    if (wanted.kind !== 'ask') {
      if (wanted.kind === 'wait' && wanted.until !== undefined && wanted.until > now) now = wanted.until;
      else now = monoAfterMs(now, 10);
      continue;
    }
    const { question } = wanted;
    if (question.target?.to === 0x7e4)
      asked.push(`${(now - NOW) / 1_000_000_000n} ${toHex(question.request)}`);
    const next = pollReply(turn, phase, question, reply(question));
    if (next === 'lost') throw new Error('the car was lost');
    phase = next;
    values += turn.said.length;
    now = monoAfterMs(now, 20);
  }
  return { asked, values };
};

const times = ({ asked }: Played, request: string): number =>
  asked.filter((text) => text.endsWith(` ${request}`)).length;

describe('an extended session', () => {
  it('is never opened unless that is allowed', () => {
    const played = play({ profile: extended(5_000) }, 30);
    expect(played).toEqual({ asked: [], values: 0 });
  });

  it('is opened before the value, and kept every two seconds', () => {
    const played = play({ profile: extended(5_000), extendedSessions: true }, 30);
    expect(played.asked.slice(0, 2)).toEqual(['0 1003', '0 221234']);
    expect(times(played, '1003')).toBe(1);
    expect(times(played, '3e80')).toBeGreaterThanOrEqual(10);
    expect(times(played, '3e80')).toBeLessThanOrEqual(15);
    expect(played.values).toBeGreaterThanOrEqual(5);
  });

  it('is not kept for a value that is asked for rarely', () => {
    const played = play({ profile: extended(30_000), extendedSessions: true }, 100);
    expect(times(played, '1003')).toBeGreaterThanOrEqual(3);
    expect(times(played, '3e80')).toBe(0);
  });

  it('that is refused is asked for three times, then no more', () => {
    const refuses = (question: Question): Reply =>
      question.request[0] === 0x10
        ? { ...emptyReply('negative'), refusals: new Map([[0x7ec, 0x12]]) }
        : bench(question);
    const played = play({ profile: extended(5_000), extendedSessions: true }, 100, refuses);
    expect(times(played, '1003')).toBe(3);
    expect(times(played, '221234')).toBe(0);
  });

  it('has questions of its own that belong to no row', () => {
    const turn = turnAt(monoAfterMs(NOW, 2_000), { profile: extended(5_000), extendedSessions: true });
    const before = startPoll(turnAt(NOW, { profile: extended(5_000), extendedSessions: true }), false);
    const target = { to: 0x7e4, from: 0x7ec };
    const phase = { ...before, sessions: new Map([[target.to, { target, keptAt: NOW }]]) };
    expect(pollNext(turn, phase)).toMatchObject({
      kind: 'ask',
      question: { row: SESSION_ROW, request: Uint8Array.of(0x3e, 0x80), target },
    });
  });
});

describe('what a profile asks', () => {
  const leaf = bundled('nissan-leaf-ze1');

  it('is what the read-only list and the bus allow; the rest is named', () => {
    const { requests, leftOut } = chooseRequests(leaf, [ENGINE], false);
    expect(new Set(requests.map(({ request }) => request[0]))).toEqual(new Set([0x22]));
    expect(leftOut).toContain('battery (service 21 is not on the read-only list)');
    const wide = chooseRequests(leaf, [{ ...ENGINE, address: 0x18daf110 }], false);
    expect(wide.requests).toEqual([]);
    expect(wide.leftOut.some((text) => text.endsWith('(11-bit identifiers on another bus)'))).toBe(true);
  });

  it('is one row for each request, and one for the codes of each control unit', () => {
    const bolt = bundled('chevrolet-bolt-ev');
    const { requests } = chooseRequests(bolt, [ENGINE], false);
    const rows = udsRows(requests, NOW);
    const targets = new Set(requests.map(({ target }) => target));
    expect(rows.length).toBe(requests.length + targets.size);
    const codes = rows.filter(({ request }) => request?.[0] === 0x19);
    expect(codes.map(({ uds }) => uds?.target.to)).toEqual([...targets]);
    for (const { learner, uds } of rows) {
      const [length, ...others] = uds?.profile?.answerBytes ?? [];
      const bytes = uds?.profile !== undefined && others.length === 0 ? length : undefined;
      const isKnown = uds?.profile === undefined || bytes !== undefined;
      const shape = { ecu: uds?.target.from, bytes, padding: undefined, longPadding: undefined };
      expect(learner.expected).toEqual(isKnown ? [shape] : undefined);
    }
  });

  it('is decoded by the profile, and given back by any bundled one', () => {
    const bolt = bundled('chevrolet-bolt-ev');
    const charge = bolt.requests.find(({ name }) => name === 'state-of-charge');
    if (charge === undefined) throw new Error('the profile has changed');
    const payload = Uint8Array.of(0x62, 0x43, 0xaf, 0x80, 0x00);
    const body = { kind: 'number', signal: 23, mantissa: 5_000, ecu: 0x7ec };
    expect(udsBodies(charge, 0x7ec, payload)).toEqual({ ok: true, value: [body] });
    expect(redecodeUds(0x7ec, payload)).toContainEqual(body);
    expect(redecodeUds(0x7e8, payload)).toEqual([]);
    expect(udsBodies(charge, 0x7ec, payload.subarray(0, 4))).toMatchObject({
      ok: false,
      fault: { code: 'profile.short-answer' },
    });
  });
});
