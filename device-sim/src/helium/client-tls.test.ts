import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issuePair, type KeyAndCertificate, newAuthority } from '@outpost/gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRig, passing } from './client-rig.ts';
import { until } from './raw-client.ts';

const A = '0016c001ff10a235';
const B = '0016c001ff10a236';

describe('a Helium network over TLS', () => {
  let directory: string;
  let caFile: string;
  let root: KeyAndCertificate;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'helium-tls-'));
    caFile = join(directory, 'ca.pem');
    root = await newAuthority();
    await writeFile(caFile, root.certificate);
  }, 60_000);
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const pairFor = (name: string, authority: KeyAndCertificate = root): Promise<KeyAndCertificate> =>
    issuePair(authority, {
      kind: 'server',
      names: [name],
      notBefore: new Date('2020-01-01'),
      notAfter: new Date('9999-12-31'),
    });

  it('routes packets and learns its power where the servers’ certificate is of the authority that it was told', async () => {
    await using rig = await openRig({ tls: await pairFor('127.0.0.1'), options: { caFile } });
    expect(new URL(rig.served.url).protocol).toBe('https:');
    const sent = await Promise.all([rig.send(A), rig.send(B), rig.send(A)]);
    expect(sent.map(({ kind }) => kind)).toEqual(['settled', 'settled', 'settled']);
    await until('the router has them', () => rig.taken.length === 3);
    await until('both know their power', () => rig.served.config.answered === 2);
  });

  it.each([
    ['of another authority', async () => pairFor('127.0.0.1', await newAuthority())],
    ['for another machine', () => pairFor('router.example')],
  ])('sends nothing to a server with a certificate %s, and says so', async (_, pair) => {
    await using rig = await openRig({ tls: await pair(), options: { caFile } });
    let ended: unknown;
    rig
      .send(A)
      .then((outcome) => {
        ended = outcome;
      })
      .catch(() => undefined);
    await passing(rig.clock, 250, () => ended !== undefined);
    expect(ended).toMatchObject({ kind: 'kept', fault: { kind: 'unreachable' } });
    expect(JSON.stringify(ended)).toMatch(/certificate|altnames|signature/i);
    expect(rig.served.router.tally.registered).toBe(0);
    expect(rig.taken).toEqual([]);
  });

  it('is misconfigured where its file of authorities is not there', async () => {
    await expect(openRig({ options: { caFile: join(directory, 'none.pem') } })).rejects.toThrow('no network');
  });
});
