import {
  type EvidenceItem,
  openVerification,
  readAttestation,
  readEvidenceBytes,
} from '@outpost/schemas/evidence';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { platformHash } from '../hash.ts';
import { settlementEntry } from '../record/entry.ts';
import { newTestBox, type TestBox } from '../run/testing.ts';
import { EVIDENCE_API } from './api/evidence.ts';
import type { AttestationPage } from './attestations.ts';
import { checked } from './shape.ts';
import { openTestPage, type TestPage } from './testing.ts';

const ALL = 7;
/** The first batch also says how the clock is believed. */
const LEAVES = ALL + 1;

let box: TestBox;
let page: TestPage;
let cookie: string;

const bytesOf = async (path: string): Promise<Uint8Array> => {
  const answer = await page.get(path, cookie);
  expect(answer.status, path).toBe(200);
  return new Uint8Array(await answer.arrayBuffer());
};

const itemsOf = (bytes: Uint8Array): readonly EvidenceItem[] =>
  readEvidenceBytes(bytes).map((item) => {
    if (!item.ok) throw new Error(item.fault.words);
    return item.value;
  });

const rowsOf = async (query: string): Promise<AttestationPage> => {
  const answer = await page.get(`/api/evidence/attestations?${query}`, cookie);
  const given: unknown = await answer.json();
  expect(checked(given, EVIDENCE_API['GET /api/evidence/attestations'].gives.shape)).toMatchObject({
    ok: true,
  });
  return given as AttestationPage;
};

const countersOf = (items: readonly EvidenceItem[]): readonly number[] =>
  items.flatMap((item) => {
    const read = item.kind === 'attestation' ? readAttestation(item.bytes) : undefined;
    return read?.ok ? [read.value.statement.counter] : [];
  });

const kindsOf = (items: readonly EvidenceItem[]): string => items.map(({ kind }) => kind).join(' ');

beforeAll(async () => {
  box = await newTestBox();
  for (let made = 1; made <= ALL; made += 1) {
    await box.say(made);
    await box.until('it is signed', () => box.opened.attestTally.attestations === made, 250);
  }
  const { journal, ring, chains } = box.opened;
  page = await openTestPage({ journal, keyRecords: () => ring.records(), heads: () => chains.heads });
  cookie = await page.claim();
});
afterAll(async () => {
  await page?.[Symbol.asyncDispose]();
  await box?.[Symbol.asyncDispose]();
});

describe('evidence over the API', () => {
  it('lists streams, and attestations from the newest to the first, a page at a time', async () => {
    expect(await (await page.get('/api/evidence/streams', cookie)).json()).toEqual({
      streams: [{ stream: 'car/telemetry', counter: ALL - 1 }],
    });
    const seen: number[] = [];
    let before = '';
    do {
      const { rows, before: next } = await rowsOf(`rows=3${before === '' ? '' : `&before=${before}`}`);
      expect(rows.length).toBeLessThanOrEqual(3);
      for (const row of rows) {
        expect(row).toMatchObject({
          stream: 'car/telemetry',
          readings: row.counter === 0 ? 2 : 1,
          origin: 'live',
          clockTrust: 'ntp',
        });
        seen.push(row.counter);
      }
      before = next;
    } while (before !== '');
    expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0]);
    expect((await rowsOf('stream=car%2Fcoverage')).rows).toEqual([]);
  });

  it('gives the evidence of a period, which whoever has the key finds to hold', async () => {
    const { rows } = await rowsOf(`rows=${ALL}`);
    const [from, to] = [rows.at(-1)?.fromMs ?? 0, (rows[0]?.toMs ?? 0) + 1];
    const bytes = await bytesOf(`/api/evidence?from=${from}&to=${to}`);
    const verification = openVerification({ key: box.opened.ring.gateway().publicKey });
    for (const item of readEvidenceBytes(bytes)) verification.take(item);
    const report = verification.finish();
    expect([report.verdict, report.checked.attestations, report.checked.leaves]).toEqual([
      'holds',
      ALL,
      LEAVES,
    ]);

    const third = rows[2]?.fromMs ?? 0;
    expect(countersOf(itemsOf(await bytesOf(`/api/evidence?from=${third}&to=${third + 1}`)))).toEqual([4]);
    expect(countersOf(itemsOf(await bytesOf(`/api/evidence?from=${from}&to=${to}&device=ca`)))).toEqual([]);
    expect((await page.get(`/api/evidence?from=${to}&to=${from}`, cookie)).status).toBe(400);
  });

  it('gives one attestation with its readings and its receipt, and nothing for a place that is none', async () => {
    const { rows } = await rowsOf('rows=2');
    const [last, other] = [rows[0]?.at ?? '', rows[1]?.at ?? ''];
    const without = itemsOf(await bytesOf(`/api/evidence/attestation?at=${other}`));
    expect(kindsOf(without)).toMatch(/^header (key-record )*attestation leaf$/);
    const attestation = without.find(({ kind }) => kind === 'attestation');
    if (attestation?.kind !== 'attestation') throw new Error('there is no attestation');
    const kept = await box.opened.journal.append(
      [
        settlementEntry({
          network: 'sim',
          stream: 'car/telemetry',
          attestation: platformHash(attestation.bytes),
          kind: 'settled',
          code: '',
          words: '',
          receipt: Uint8Array.of(1, 2, 3),
          wall: box.clock.wall(),
        }),
      ],
      'now',
    );
    expect(kept.ok).toBe(true);
    const items = itemsOf(await bytesOf(`/api/evidence/attestation?at=${other}`));
    expect(kindsOf(items)).toMatch(/attestation leaf receipt$/);
    const answer = await page.get(`/api/evidence/attestation?at=${last}`, cookie);
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="attestation-${last}.outpost"`,
    );
    expect(kindsOf(itemsOf(new Uint8Array(await answer.arrayBuffer())))).not.toContain('receipt');

    const damages = box.opened.journal.stats().damages;
    for (const at of [String(BigInt(last) + 1n), '0', '9223372036854775807']) {
      expect((await page.get(`/api/evidence/attestation?at=${at}`, cookie)).status, at).toBe(404);
    }
    expect((await page.get('/api/evidence/attestation?at=-1', cookie)).status).toBe(400);
    expect((await page.get('/api/evidence/attestation', cookie)).status).toBe(400);
    // A place within a record was not taken for a damaged one.
    expect(box.opened.journal.stats().damages).toBe(damages);
  });

  it('is for the owner alone', async () => {
    for (const path of ['streams', 'attestations', 'attestation?at=0']) {
      expect((await page.get(`/api/evidence/${path}`)).status, path).toBe(401);
    }
    expect((await page.get('/api/evidence?from=0&to=1')).status).toBe(401);
  });
});
