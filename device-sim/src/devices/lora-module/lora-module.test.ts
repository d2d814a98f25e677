import { createRig, loraModuleWire, type Rig, type Sent } from '@outpost/firmware-bridge/wires';
import { type Body, toHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { runLoraModule } from '../../cli/lora-module.ts';
import { random } from '../../random/sfc32.ts';
import { LORA_MODULES } from './families.ts';
import type { SimulatedModule } from './module.ts';
import { airFrame } from './traffic.ts';

const CHANNEL = { frequencyHz: 868_100_000, spreadingFactor: 7, bandwidthHz: 125_000 };
const LISTEN = { frequencyHz: CHANNEL.frequencyHz };
const RADIO = { ...LISTEN, region: 'EU868' };

interface Parts {
  readonly codec: Parameters<typeof createRig>[0];
  check(options: unknown): unknown;
  session(options: never): Parameters<typeof createRig>[1];
}

interface Case {
  readonly name: string;
  readonly parts: Parts;
  readonly options: object;
  redecode(raw: Uint8Array): readonly Body[];
  /** It says nothing of its own when its power failed: a silence finds it. */
  readonly quietRestart?: true;
}

const w = loraModuleWire;
const CASES: readonly Case[] = [
  { name: 'rui3', parts: w.rui3Parts as never, options: RADIO, redecode: w.redecodeRui3 },
  { name: 'rui3-named', parts: w.rui3Parts as never, options: RADIO, redecode: w.redecodeRui3 },
  { name: 'rui3-two-line', parts: w.rui3Parts as never, options: RADIO, redecode: w.redecodeRui3 },
  {
    name: 'lora-e5',
    parts: w.loraE5Parts as never,
    options: RADIO,
    redecode: w.redecodeLoraE5,
    quietRestart: true,
  },
  { name: 'rn2483', parts: w.rn2483Parts as never, options: RADIO, redecode: w.redecodeRn2483 },
  { name: 'rylr', parts: w.rylrParts as never, options: LISTEN, redecode: w.redecodeRylr },
  { name: 'kiss', parts: w.kissParts as never, options: RADIO, redecode: w.redecodeKiss },
  { name: 'rnode', parts: w.rnodeParts as never, options: RADIO, redecode: w.redecodeRnode },
  { name: 'meshtastic', parts: w.meshtasticParts as never, options: {}, redecode: w.redecodeMeshtastic },
];

const start = async ({ name, parts, options }: Case): Promise<{ rig: Rig; module: SimulatedModule }> => {
  const checked = (await parts.check(options)) as { readonly ok: true; readonly value: never };
  const module = LORA_MODULES.get(name)?.();
  if (module === undefined) throw new Error('no such module');
  const answer = (bytes: Uint8Array): readonly Sent[] => {
    const said = module.take(bytes).bytes;
    return said.length === 0 ? [] : [{ afterMs: 20, bytes: said }];
  };
  const rig = createRig(parts.codec, parts.session(checked.value), answer);
  rig.run(20_000);
  expect(rig.statuses.at(-1)?.phase).toBe('listening');
  return { rig, module };
};

const receptions = (rig: Rig) => rig.said.filter(({ body }) => body.kind === 'reception');

describe.each(CASES)('the simulated $name', (one) => {
  const family = one.name === 'rui3-named' || one.name === 'rui3-two-line' ? 'rui3' : one.name;

  it('is set up, heard in full, known as simulated, and its readings hold', async () => {
    const { rig, module } = await start(one);
    const air = random(7, one.name);
    const frames = Array.from({ length: 40 }, () => airFrame(air, family, CHANNEL));
    for (const frame of frames) {
      rig.receive(module.hear(frame));
      rig.run(500);
    }
    const heard = receptions(rig);
    expect(heard).toHaveLength(frames.length);
    heard.forEach(({ body, raw, origin }, index) => {
      if (body.kind !== 'reception') throw new Error('no reception');
      const { phy } = frames[index] ?? { phy: new Uint8Array(0) };
      expect(toHex(body.phy)).toBe(toHex(family === 'meshtastic' ? phy.subarray(0, 16) : phy));
      expect(origin).toBe('simulated');
      expect(one.redecode(raw)).toEqual([body]);
    });
    expect(rig.undecided).toBe(0);
    expect(rig.fates.filter(({ kind }) => kind === 'quarantined')).toEqual([]);
  });

  it('is heard again after its power failed', async () => {
    const { rig, module } = await start(one);
    rig.receive(module.restart());
    rig.run(one.quietRestart ? 70_000 : 8_000);
    rig.receive(module.hear(airFrame(random(3), family, CHANNEL)));
    rig.run(1_000);
    expect(receptions(rig)).toHaveLength(1);
    expect(rig.reopen).toBeUndefined();
  });

  it('hears nothing of another channel', async () => {
    const { rig, module } = await start(one);
    const frame = airFrame(random(3), family, { ...CHANNEL, frequencyHz: 868_300_000 });
    rig.receive(module.hear(frame));
    rig.run(1_000);
    expect(receptions(rig)).toHaveLength(one.name === 'kiss' || one.name === 'meshtastic' ? 1 : 0);
  });
});

describe('outpost-sim lora-module', () => {
  const OPTIONS = {
    family: 'rui3',
    listen: 'tcp://127.0.0.1:0',
    channel: '868100000,SF7,125',
    every: '5',
    damage: '0',
    logs: '0',
    restartAfter: '0',
    seed: '1',
  };
  const run = async (options: Partial<typeof OPTIONS>): Promise<string> => {
    const stop = new AbortController();
    const lines: string[] = [];
    const out = (line: string): void => {
      lines.push(line);
      stop.abort();
    };
    const code = await runLoraModule({ ...OPTIONS, ...options }, { out, err: out, signal: stop.signal });
    return `${code} ${lines.join(' | ')}`;
  };

  it('says where it is, and what it did', async () => {
    expect(await run({})).toMatch(
      /^0 simulated LoRa module at tcp:\/\/127\.0\.0\.1:\d+: rui3, 868100000,SF7,125 \| simulated LoRa module ended: 0 conn/,
    );
  });

  it.each([
    [{ family: 'rfm95' }, '78 --family: "rfm95" is not one of'],
    [{ channel: '868.1' }, '78 --channel: "868.1" is no channel; write it like 868100000,SF7,125.'],
    [{ every: '0' }, '78 --every: "0" is no number from 0.01 to 86400.'],
    [{ listen: '35200' }, '78 --listen: "35200" is no address'],
  ])('%j is refused in a sentence', async (options, words) => {
    expect(await run(options)).toContain(words);
  });
});
