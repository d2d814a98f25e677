import { X509Certificate } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { monoNs } from '@outpost/schemas/words';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasOpenssl, makeTestAuthority } from '../../testing/test-authority.ts';
import { eventWire } from './codec.ts';
import { NO_UPDATE, readUpdate, type Update, writeUpdate } from './cups.ts';
import type { Proof, UpdateQuestion } from './event.ts';
import { checkOptions, type StationOptions, withCredentials } from './options.ts';
import { stationSession } from './session.ts';

const EUI = 'b827ebfffe72e3bb';
const OTHER = 'b827ebfffe72e3bc';
const PEER = { address: '192.0.2.7', port: 4000 };
const ASKED: UpdateQuestion = {
  kind: 'update',
  gateway: EUI,
  cupsUri: 'https://box:3001',
  tcUri: 'wss://old:443',
  cupsCrc: 0,
  tcCrc: 0,
  origin: 'wss://box:3001',
  proof: { kind: 'token' },
};

const optionsOf = async (cups: unknown): Promise<StationOptions> => {
  const checked = checkOptions({ region: 'EU868', gateways: [EUI, OTHER], cups });
  const read = checked.ok ? await withCredentials(checked.value) : checked;
  if (!read.ok) throw new Error(`${read.fault.where}: ${read.fault.words}`);
  return read.value;
};

const ask = (options: StationOptions) => {
  const session = stationSession(options);
  let { initial: state } = session;
  return (event: UpdateQuestion) => {
    const input = { kind: 'event', event, raw: eventWire.encode(event), peer: PEER } as const;
    const step = session.step(state, input, monoNs(1n));
    ({ state } = step);
    const [command] = step.commands;
    const update = command === undefined ? undefined : readUpdate(command.said as Uint8Array);
    if (update?.ok === false) throw new Error(update.fault.words);
    return { update: update?.value, bytes: command?.said, what: step.happenings?.map(({ what }) => what) };
  };
};

describe('an answer to a station that asks for its settings', () => {
  it('comes back from what was written, and is 14 zero bytes where there is nothing new', () => {
    expect(writeUpdate(NO_UPDATE)).toEqual(new Uint8Array(14));
    const bytes = fc.uint8Array({ maxLength: 3_000 });
    const uri = fc.webUrl().filter((each) => each.length < 256);
    fc.assert(
      fc.property(uri, uri, bytes, bytes, (cupsUri, tcUri, cupsCredentials, tcCredentials) => {
        const update: Update = { cupsUri, tcUri, cupsCredentials, tcCredentials };
        expect(readUpdate(writeUpdate(update))).toEqual({ ok: true, value: update });
      }),
      { numRuns: 200 },
    );
    expect(readUpdate(Uint8Array.of(0, 0, 1))).toMatchObject({ ok: false });
    expect(readUpdate(new Uint8Array(14).fill(1, 13))).toMatchObject({ ok: false });
  });

  it('says that its network server is here, or where it was told to be, unless it knows', async () => {
    const here = ask(await optionsOf(undefined));
    expect(here(ASKED).update).toEqual({ ...NO_UPDATE, tcUri: 'wss://box:3001' });
    expect(here({ ...ASKED, tcUri: 'wss://box:3001' }).bytes).toEqual(new Uint8Array(14));
    expect(here({ ...ASKED, gateway: '0000000000000001' }).update).toBeUndefined();
    const there = ask(await optionsOf({ tcUri: 'wss://lns:443', cupsUri: 'https://cups' }));
    expect(there(ASKED).update).toEqual({ ...NO_UPDATE, tcUri: 'wss://lns:443', cupsUri: 'https://cups' });
    expect(there({ ...ASKED, tcUri: 'wss://lns:443', cupsUri: 'https://cups' }).bytes).toEqual(
      new Uint8Array(14),
    );
  });

  it.each([
    [{ tcUri: 'http://x' }, 'options.cups.tcUri'],
    [{ tcUri: 'wss://user@x' }, 'options.cups.tcUri'],
    [{ cupsUri: 'https://x/y' }, 'options.cups.cupsUri'],
    [{ program: '/bin/sh' }, 'options.cups.program'],
    [{ tc: { token: '/a' } }, 'options.cups.tc.trust'],
    [{ tc: { trust: 'a' } }, 'options.cups.tc.trust'],
    [{ tc: { trust: '/a', cert: '/b' } }, 'options.cups.tc'],
    [{ cups: { trust: '/a', cert: '/b', key: '/c', token: '/d' } }, 'options.cups.cups'],
    [{ tc: { trust: '/nowhere/{eui}.pem' } }, '/nowhere/b827ebfffe72e3bb.pem'],
  ])('refuses %j', async (cups, where) => {
    await expect(optionsOf(cups)).rejects.toThrow(`${where}: `);
  });
});

describe.skipIf(!hasOpenssl())('credentials of stations', () => {
  let folder: string;
  let trust: string;
  const file = (name: string, text: string, mode = 0o600): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'outpost-cups-'));
    const authority = makeTestAuthority(folder);
    ({ ca: trust } = authority);
    for (const eui of [EUI, OTHER]) chmodSync(authority.issue(eui).key, 0o600);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const derOf = (path: string): Uint8Array => new Uint8Array(new X509Certificate(readFileSync(path)).raw);
  const hexOf = (bytes: Uint8Array | undefined): string =>
    Array.from(bytes ?? [], (byte) => byte.toString(16).padStart(2, '0')).join('');

  it('are trust, four zero bytes and the header, where a station says a token', async () => {
    const token = file('token', 'Bearer secret\n');
    const told = ask(await optionsOf({ tc: { trust, token } }));
    const { tcCredentials, cupsCredentials } = told(ASKED).update ?? NO_UPDATE;
    const header = new TextEncoder().encode('Authorization: Bearer secret\r\n');
    expect(hexOf(tcCredentials)).toBe(`${hexOf(derOf(trust))}00000000${hexOf(header)}`);
    expect(cupsCredentials).toHaveLength(0);
    const known = { ...ASKED, tcCrc: crc32(tcCredentials) };
    expect(told(known).update).toEqual({ ...NO_UPDATE, tcUri: 'wss://box:3001' });
  });

  it('are its own certificate and key, where each station has one', async () => {
    const files = { trust, cert: join(folder, '{eui}.pem'), key: join(folder, '{eui}.key') };
    const told = ask(await optionsOf({ tc: { trust }, cups: files }));
    const [own, other] = [told(ASKED), told({ ...ASKED, gateway: OTHER })].map(
      ({ update }) => update?.cupsCredentials ?? new Uint8Array(),
    );
    expect(hexOf(own)).toContain(hexOf(derOf(join(folder, `${EUI}.pem`))));
    expect(hexOf(other)).toContain(hexOf(derOf(join(folder, `${OTHER}.pem`))));
    expect(hexOf(own)).not.toContain(hexOf(derOf(join(folder, `${OTHER}.pem`))));
    // Neither certificate nor token: the server alone shows who it is.
    expect(hexOf(told(ASKED).update?.tcCredentials)).toBe(`${hexOf(derOf(trust))}0000000000000000`);
  });

  it('go to nobody who has not shown who he is, and the owner hears of it once', async () => {
    const token = file('token', 'Bearer secret');
    const options = await optionsOf({ tc: { trust, token } });
    const proofs: readonly (readonly [Proof, boolean])[] = [
      [{ kind: 'none' }, false],
      [{ kind: 'certificate', eui: OTHER }, false],
      [{ kind: 'token' }, true],
      [{ kind: 'certificate', eui: EUI }, true],
      [{ kind: 'certificate', eui: undefined }, true],
    ];
    for (const [proof, isGiven] of proofs) {
      const told = ask(options);
      const first = told({ ...ASKED, proof });
      expect([proof, (first.update?.tcCredentials.length ?? 0) > 0]).toEqual([proof, isGiven]);
      expect(first.what).toEqual(isGiven ? undefined : ['station-unproven']);
      expect(first.update?.tcUri).toBe('wss://box:3001');
      expect(told({ ...ASKED, proof }).what).toBeUndefined();
    }
  });

  it('are not read from files that others can read, and no secret is in the sentence', async () => {
    const token = file('open-token', 'Bearer secret', 0o644);
    await expect(optionsOf({ tc: { trust, token } })).rejects.toThrow(
      /open-token: can be read by others; run "chmod 600"/,
    );
    const noPem = file('no.pem', 'secret');
    await expect(optionsOf({ tc: { trust: noPem } })).rejects.toThrow(`${noPem}: holds no PEM.`);
  });
});
