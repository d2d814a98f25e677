import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { dimoWire, platformVerifier } from '@outpost/gateway';
import type { Body, Epoch } from '@outpost/schemas/words';
import { afterEach, describe, expect, it } from 'vitest';
import { ending } from '../network/pair.ts';
import { must } from '../network/rig.ts';
import { deliverAll, eventsOf, number, openPlaygrounds, SPEED } from './playground.ts';
import { type DimoRig, RIG_START_NS } from './rig.ts';

const NEVER = new AbortController().signal;

const { playground, close } = openPlaygrounds();
afterEach(close);

describe('where the pay stands', () => {
  it('is told of each vehicle while the gateway runs: hours left, then qualified, then what was missed', async () => {
    const { rig, clock, delivery } = await playground();
    const network = await rig.network({ vehicles: { car: 33, van: 34 } });
    const stop = new AbortController();
    const running = network.run?.(stop.signal).catch(() => undefined);
    const told = async (part: string) => {
      for (let turns = 0; turns < 20_000 && rig.notes.at(-1)?.includes(part) !== true; turns += 1) {
        await new Promise((resolve) => setImmediate(resolve));
        await clock.advance(100);
      }
      return rig.notes.at(-1);
    };
    expect(await told('h left')).toBe(
      'car: 69 h left to qualify for week 258, else it is the 1st inactive week. ' +
        'van: 69 h left to qualify for week 258, else it is the 1st inactive week.',
    );
    await deliverAll(network, clock, [await delivery(SPEED)]);
    expect(await told('Qualified')).toMatch(/^car: Qualified for week 258\. van: 6\d h left/);
    await clock.advance(14 * 86_400_000);
    expect(await told('2nd')).toMatch(
      /car: 6\d h left to qualify for week 260, else it is the 2nd inactive week\./,
    );
    stop.abort(new Error('enough'));
    await running;
  });
});

describe('certificates of its own authority', () => {
  const byLogin = ({ served }: DimoRig) => ({
    certificate: undefined,
    login: {
      url: served.loginUrl,
      clientId: 'client',
      domain: 'https://outpost.example',
      ca: served.loginUrl,
    },
  });

  it('are got by a signed challenge, kept for us alone, and renewed before they end', async () => {
    const { rig, clock, delivery } = await playground({ certificateDays: 30 });
    const network = await rig.network(byLogin(rig));
    expect((await deliverAll(network, clock, [await delivery(SPEED)])).map(ending)).toEqual(['settled']);
    expect(eventsOf(rig)[0]).toMatchObject({ source: rig.key.address });
    const file = join(rig.directory, 'certificate.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const before = await readFile(file, 'utf8');
    await clock.advance(22 * 86_400_000);
    await deliverAll(network, clock, [await delivery(SPEED)]);
    expect(await readFile(file, 'utf8')).toBe(before);
    await clock.advance(2 * 86_400_000);
    await deliverAll(network, clock, [await delivery(SPEED)]);
    expect(await readFile(file, 'utf8')).not.toBe(before);
    expect(rig.served.status()).toMatchObject({ logins: 2, certificates: 2, stored: 3 });
  });

  it('are still shown while the authority is away, with a word to the operator', async () => {
    const { rig, clock, delivery } = await playground();
    const network = await rig.network(byLogin(rig));
    await deliverAll(network, clock, [await delivery(SPEED)]);
    await network[Symbol.asyncDispose]();
    const away = await rig.network({
      ...byLogin(rig),
      login: { ...byLogin(rig).login, url: 'https://127.0.0.1:9' },
    });
    await clock.advance(25 * 86_400_000);
    expect((await deliverAll(away, clock, [await delivery(SPEED)])).map(ending)).toEqual(['settled']);
    expect(rig.alarms.map(({ code }) => code)).toEqual(['dimo.login.unreachable']);
  });
});

describe('attestations', () => {
  const trip: Body = {
    kind: 'trip',
    start: { epoch: new Uint8Array(16) as Epoch, sequence: 0, wall: RIG_START_NS as never },
    startedBy: 'movement',
    end: { epoch: new Uint8Array(16) as Epoch, sequence: 9, wall: RIG_START_NS as never },
    endedBy: 'engine-off',
    distanceM: 1_200,
    fuelMl: undefined,
    energyWh: undefined,
    odometerStartM: undefined,
    odometerEndM: undefined,
  };

  it('go out only where wanted, are taken, and hold for whoever gets them back', async () => {
    const { rig, clock, delivery } = await playground({ node: 'dis' });
    const { served } = rig;
    const login = { url: served.loginUrl, clientId: 'client', domain: 'https://outpost.example' };
    const network = await rig.network({ login, attest: { url: served.attestationUrl } });
    const vin: Body = { kind: 'identity', of: 'vin', text: '1HGBH41JXMN109186', ecu: 0x7e8 };
    const codes: Body = { kind: 'codes', status: 'stored', codes: ['P0420'], ecu: 0x7e8 };
    const item = await delivery([number(21, 569_922), vin, codes, trip]);
    const [outcome] = await deliverAll(network, clock, [item]);
    expect(
      outcome?.kind === 'settled' ? outcome.words?.match(/\w+ statement \w{8} taken/g) : [],
    ).toHaveLength(4);
    const seen = new Set<string>();
    const check = { verify: platformVerifier(), address: rig.key.address, seen };
    const texts = new Set(eventsOf(rig).map(({ text }) => text));
    expect([...texts].map((text) => dimoWire.checkEvent(text, check))).toEqual(
      Array.from({ length: 5 }, () => undefined),
    );
    expect(seen.size).toBe(5);
    const taken = await dimoWire.readTaken(rig.directory);
    expect(taken.map(({ kind, device }) => `${kind} of ${device}`)).toEqual(
      ['trip', 'odometer', 'vin', 'health'].map((kind) => `${kind} of car`),
    );
    expect(served.status()).toMatchObject({ logins: 1, answers: { 200: 7 } });
    // A second time there is nothing new to state.
    const quiet = await deliverAll(await rig.network(), clock, [await delivery([trip])]);
    expect(quiet).toMatchObject([{ kind: 'settled', words: 'nothing in it that DIMO has a name for' }]);
  });

  it('use a token for two thirds of a short time, and then get another', async () => {
    const { rig, clock, delivery } = await playground({ tokenSeconds: 30 });
    const { served } = rig;
    const login = { url: served.loginUrl, clientId: 'client', domain: 'https://outpost.example' };
    const network = await rig.network({ login, attest: { url: served.attestationUrl, kinds: ['trip'] } });
    const logins: number[] = [];
    for (const waitMs of [0, 10_000, 12_000]) {
      await clock.advance(waitMs);
      const ended = { ...trip, distanceM: waitMs };
      const outcomes = await deliverAll(network, clock, [await delivery([ended])]);
      expect(outcomes.map(ending)).toEqual(['settled']);
      logins.push(served.status().logins);
    }
    expect(logins).toEqual([1, 1, 2]);
  });

  it('hold after the gateway’s key was replaced as soon as the identity is bound anew, and say so before', async () => {
    const { rig, clock, delivery } = await playground();
    const { served, box } = rig;
    const login = { url: served.loginUrl, clientId: 'client', domain: 'https://outpost.example' };
    const attest = { url: served.attestationUrl, kinds: ['odometer'] };
    must(await box.ring.rotate('gateway'));
    await rig.network({ login, attest });
    expect(rig.alarms.map(({ code }) => code)).toEqual(['dimo.unbound']);
    must(await dimoWire.writeBinding(rig.directory, dimoWire.sealBinding(rig.key, box.ring.gateway())));
    const network = await rig.network({ login, attest });
    expect(rig.alarms).toHaveLength(1);
    await deliverAll(network, clock, [await delivery([number(21, 569_922)])]);
    const stated = eventsOf(rig).find(({ type }) => type === 'dimo.attestation')?.text ?? '';
    const check = { verify: platformVerifier(), address: rig.key.address, seen: new Set<string>() };
    expect(dimoWire.checkEvent(stated, check)).toBeUndefined();
  });

  it('are taken back by tombstones, found by their first letters', async () => {
    const { rig, clock, delivery } = await playground();
    const { served, directory } = rig;
    const login = { url: served.loginUrl, clientId: 'client', domain: 'https://outpost.example' };
    const options = { login, attest: { url: served.attestationUrl, kinds: ['odometer'] } };
    const network = await rig.network(options);
    await deliverAll(network, clock, [await delivery([number(21, 569_922)])]);
    const [{ id } = { id: '' }] = await dimoWire.readTaken(directory);
    const settings = must(dimoWire.checkSettings(rig.settings(options)));
    const back = async (letters: string, reason = 'wrong car', device?: string) =>
      await dimoWire.sendTombstone(settings, { directory, id: letters, device, reason, clock }, NEVER);
    expect(await back(id.slice(0, 12))).toEqual({ ok: true, value: id });
    const graves = eventsOf(rig).filter(({ type }) => type === 'dimo.tombstone');
    expect(graves).toMatchObject([{ voids: id, source: rig.key.address }]);
    const check = { verify: platformVerifier(), address: rig.key.address, seen: new Set<string>() };
    expect(dimoWire.checkEvent(graves[0]?.text ?? '', check)).toBeUndefined();
    expect(await dimoWire.readTakenBack(directory)).toEqual([id]);
    // The same tombstone again is the same event.
    expect(await back(id)).toMatchObject({ ok: true });
    expect(eventsOf(rig).filter(({ type }) => type === 'dimo.tombstone')).toHaveLength(1);
    const refused = [
      [await back('abcd'), 'no id of an attestation'],
      [await back('abcdabcdabcd'), 'knows no attestation'],
      [await back('abcdabcdabcd', 'x', 'bike'), 'has no vehicle bike'],
      [await back(id, 'r'.repeat(513)), 'at most 512 bytes'],
    ] as const;
    for (const [result, words] of refused) {
      expect(result).toMatchObject({ ok: false, fault: { code: 'dimo.void' } });
      expect(result.ok ? '' : result.fault.words).toContain(words);
    }
  });
});
