import { platformVerifier } from '@outpost/gateway';
import {
  encode,
  encodeSigned,
  keyBytes,
  type Message,
  REGION_PARAMS_PATH,
  REGION_PARAMS_REQUEST,
  readRegionParams,
} from '@outpost/gateway/helium';
import { BEACON_EU868 } from '@outpost/schemas/radio';
import { toHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { until } from './raw-client.ts';
import { type Bench, newSigner, openBench } from './testing.ts';

const NONE = new Uint8Array(0);
const EU868 = 1;
type Request = Message<typeof REGION_PARAMS_REQUEST>;

const ask = async ({ client }: Bench, message: Uint8Array) => {
  const stream = client.open(REGION_PARAMS_PATH);
  stream.say(message);
  stream.end();
  await until('it is answered', () => stream.status !== undefined);
  return { status: stream.status, answer: stream.heard[0] };
};

const requestOf = (signer = newSigner(), change: Partial<Request> = {}): Uint8Array =>
  encodeSigned(
    REGION_PARAMS_REQUEST,
    { region: EU868, address: signer.key, signature: NONE, ...change },
    signer.sign,
  );

describe('the configuration service', () => {
  it.each([
    ['of a gateway nobody knows', '0', requestOf()],
    ['of a testnet gateway', '0', requestOf(newSigner('ed25519', 'testnet'))],
    ['of a P-256 gateway', '0', requestOf(newSigner('ecc-compact'))],
    ['for the unknown region', '0', requestOf(newSigner(), { region: 99 })],
    ['for US915, whose number is zero', '0', requestOf(newSigner(), { region: 0 })],
    ['for a region that there is not', '3', requestOf(newSigner(), { region: 28 })],
    ['of no key', '3', requestOf({ key: NONE, sign: newSigner().sign })],
    ['signed by another key', '7', requestOf({ key: newSigner().key, sign: newSigner().sign })],
    [
      'without a signature',
      '7',
      encode(REGION_PARAMS_REQUEST, { region: 1, address: newSigner().key, signature: NONE }),
    ],
  ])('answers a request %s with status %s', async (_, status, message) => {
    await using bench = await openBench();
    const answered = await ask(bench, message);
    expect(answered.status).toBe(status);
    expect(answered.answer === undefined).toBe(status !== '0');
  });

  it('signs what a gateway reads: the plan that was asked for, or that of the asserted place with its gain', async () => {
    await using bench = await openBench();
    const { config } = bench.served;
    const signer = newSigner();
    const read = async () => {
      const { answer } = await ask(bench, requestOf(signer));
      return readRegionParams(answer ?? NONE, config.key, platformVerifier());
    };
    const unknown = await read();
    expect(unknown).toMatchObject({ ok: true, value: { region: EU868, gainDdbi: 0, plan: BEACON_EU868 } });
    config.asserted.set(toHex(signer.key), { region: 0, gainDdbi: 58 });
    expect(await read()).toMatchObject({
      ok: true,
      value: { region: 0, gainDdbi: 58, plan: { name: 'US915' } },
    });
    config.signsWrongly = true;
    expect(await read()).toMatchObject({ ok: false, fault: { kind: 'untrusted' } });
  });

  it('knows no parameters for the unknown region, which a gateway takes for a refusal', async () => {
    await using bench = await openBench();
    const { answer } = await ask(bench, requestOf(newSigner(), { region: 99 }));
    const { config } = bench.served;
    const read = readRegionParams(answer ?? NONE, config.key, platformVerifier());
    expect(read).toMatchObject({ ok: false, fault: { kind: 'refused', code: 'helium.no-region' } });
    expect(keyBytes(config.key)).toHaveLength(33);
  });
});
