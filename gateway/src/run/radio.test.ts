import { createSocket, type Socket } from 'node:dgram';
import { systemClock } from '@outpost/firmware-bridge';
import { type Config, parseConfig } from '@outpost/schemas/config';
import { decodeLeaf, readAttestation } from '@outpost/schemas/evidence';
import { toHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import type { Terminal } from '../cli/context.ts';
import { outpost } from '../cli/main.ts';
import { askControl } from '../control/socket.ts';
import type { Status } from '../control/status.ts';
import { scratch } from '../journal/testing.ts';
import { openLog } from '../log.ts';
import { KIND, originOfKind, readAttested, readHappening } from '../record/entry.ts';
import { runGateway } from './gateway.ts';
import { openParts } from './open.ts';

const EUI = '0016c001f0000001';
const PUSH_DATA = 0x00;
const PULL_DATA = 0x02;

const rxpk = (frequencyMhz: number) => ({
  tmst: 3_512_348_611,
  chan: 2,
  rfch: 0,
  freq: frequencyMhz,
  stat: 1,
  modu: 'LORA',
  datr: 'SF7BW125',
  codr: '4/6',
  rssi: -35,
  lsnr: 5.1,
  size: 5,
  data: 'AQIDBAU=',
});

/** A packet forwarder's socket, whose tokens count up. */
const forwarder = async (port: number) => {
  const socket: Socket = createSocket('udp4');
  const heard: string[] = [];
  socket.on('message', (bytes) => heard.push(bytes.toString('hex')));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  let token = 0;
  return {
    /** As `version, token, kind` in hex: what came back. */
    heard,
    send: (kind: number, body?: unknown): string => {
      token += 1;
      const text = new TextEncoder().encode(body === undefined ? '' : JSON.stringify(body));
      const eui = Array.from({ length: 8 }, (_, i) => Number.parseInt(EUI.slice(2 * i, 2 * i + 2), 16));
      socket.send(Uint8Array.from([2, token >> 8, token & 0xff, kind, ...eui, ...text]), port, '127.0.0.1');
      return token.toString(16).padStart(4, '0');
    },
    close: () => socket.close(),
  };
};

const freePort = async (): Promise<number> => {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
};

const configOf = (dataDirectory: string, port: number): Config => {
  const parsed = parseConfig(
    {
      dataDirectory,
      keyKind: 'demo',
      devices: [{ name: 'roof', adapter: 'gwmp', port: `udp:${port}` }],
      store: null,
      attest: { everySeconds: 1 },
    },
    'test',
  );
  if (!parsed.ok) throw new Error(parsed.fault.words);
  return parsed.value;
};

/** A whole gateway on a real directory and a real socket. */
const start = (config: Config) => {
  const stopping = new AbortController();
  const clock = systemClock();
  const lines: string[] = [];
  const log = openLog({ clock, style: 'time', repeatAfterMs: 0, write: (line) => void lines.push(line) });
  const context = { config, clock, log, signal: stopping.signal };
  const running = runGateway(context).catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  const { signal } = new AbortController();
  const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
    for (let i = 0; !(await isSo()); i += 1) {
      if (i > 1_000) throw new Error(`in vain: ${lines.join('\n')}`);
      await clock.sleep(10, signal);
    }
  };
  const status = async (): Promise<Status | undefined> => {
    const answer = await askControl(config.dataDirectory, '/status', 1_000);
    return answer.ok ? (JSON.parse(answer.value) as Status) : undefined;
  };
  return {
    context,
    lines,
    until,
    status,
    stop: async () => {
      stopping.abort(new Error('the test is over'));
      await running;
    },
  };
};

const run = async (directory: string, ...args: readonly string[]) => {
  const lines: string[] = [];
  const terminal: Terminal = {
    out: (line) => void lines.push(line),
    err: (line) => void lines.push(line),
    secret: async () => undefined,
    env: {},
    signal: new AbortController().signal,
  };
  return { code: await outpost([...args, '--data', directory], terminal), text: lines.join('\n') };
};

/** What the journal of a gateway that has stopped holds. */
const keptBy = async (config: Config) => {
  const clock = systemClock();
  const log = openLog({ clock, style: 'time', repeatAfterMs: 0, write: () => undefined });
  const { signal } = new AbortController();
  const opened = await openParts({ config, clock, log, signal }, () => undefined);
  if (!opened.ok) throw new Error(opened.fault.words);
  const { journal } = opened.value;
  const receptions: { readonly sequence: number; readonly said: string }[] = [];
  const happened: string[] = [];
  const covered: string[] = [];
  for await (const { kind, bytes } of journal.read(journal.start, journal.end)) {
    const leaf = originOfKind(kind) === undefined ? undefined : decodeLeaf(bytes);
    if (leaf?.ok && leaf.value.body.kind === 'reception') {
      const { body, sequence } = leaf.value;
      receptions.push({ sequence, said: `${body.frequencyHz} ${toHex(body.phy)}` });
    }
    const event = kind === KIND.event ? readHappening(bytes) : undefined;
    if (event?.ok) happened.push(event.value.what);
    const attested = kind === KIND.attestation ? readAttested(bytes) : undefined;
    const read = attested?.ok ? readAttestation(attested.value.bytes) : undefined;
    if (!read?.ok) continue;
    const { stream, firstSequence, size } = read.value.statement;
    for (let i = 0; i < size; i += 1) covered.push(`${stream} ${firstSequence + i}`);
  }
  await journal[Symbol.asyncDispose]();
  return { receptions, happened, covered };
};

describe('a LoRa gateway at a whole Outpost', () => {
  it('is heard once its owner approves it, acknowledged when its word is on the disk, and attested', async () => {
    await using directory = await scratch();
    const port = await freePort();
    const config = configOf(directory.path, port);
    const box = start(config);
    await box.until(async () => (await box.status())?.devices[0]?.connected === true);
    const roof = await forwarder(port);

    roof.send(PUSH_DATA, { rxpk: [rxpk(868.1)] });
    await box.until(async () => ((await box.status())?.devices[0]?.happenings.length ?? 0) > 0);
    expect(roof.heard).toEqual([]);
    const [stranger] = (await box.status())?.devices[0]?.happenings ?? [];
    expect(stranger?.words).toContain(EUI);

    const approved = await run(directory.path, 'devices', 'approve', EUI);
    expect(approved).toEqual({ code: 0, text: expect.stringContaining(`gateway ${EUI} may speak`) });
    const pushed = roof.send(PUSH_DATA, { rxpk: [rxpk(868.3), rxpk(868.5)] });
    await box.until(() => roof.heard.includes(`02${pushed}01`));
    const pulled = roof.send(PULL_DATA);
    await box.until(() => roof.heard.includes(`02${pulled}04`));

    const forbidden = await run(directory.path, 'order', 'roof', 'forbid', EUI, '--json');
    expect([forbidden.code, JSON.parse(forbidden.text).kind]).toEqual([0, 'done']);
    const before = (await box.status())?.devices[0]?.tally.items ?? 0;
    roof.send(PUSH_DATA, { rxpk: [rxpk(867.1)] });
    await box.until(async () => ((await box.status())?.devices[0]?.tally.items ?? 0) > before);
    expect(roof.heard.length).toBe(2);
    const shown = await run(directory.path, 'status');
    expect(shown.text).toContain('Its receive buffer is');
    roof.close();
    await box.stop();

    const { receptions, happened, covered } = await keptBy(config);
    expect(receptions.map(({ said }) => said)).toEqual(['868300000 0102030405', '868500000 0102030405']);
    for (const { sequence } of receptions) expect(covered).toContain(`roof/coverage ${sequence}`);
    expect(happened).toEqual(expect.arrayContaining(['connected', 'approved', 'forbidden']));
    expect(box.lines.some((line) => line.includes('order approve: done'))).toBe(true);
  });
});
