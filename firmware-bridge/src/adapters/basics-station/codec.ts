import { regionNamed } from '@outpost/schemas/radio';
import {
  fail,
  fault,
  fromHex,
  type Modulation,
  ok,
  type ReceptionBody,
  type Result,
} from '@outpost/schemas/words';
import { readMessage, writeMessage } from '../../message.ts';
import type { Codec, Cut, Item, Wire } from '../../wire.ts';
import { UPDATE_PATH } from './cups.ts';
import type { From, Proof, StationCommand, StationEvent } from './event.ts';
import { parseExact } from './exact-json.ts';
import { readIdentifier } from './identifier.ts';
import { bigIn, type Members, membersOf, numberIn, textIn, wholeIn } from './members.ts';
import { DISCOVERY_PATH, ROUTER_PATH } from './path.ts';
import { phyOf } from './phy.ts';
import { SIMULATOR_MARK, writeEvent, writeJson } from './write.ts';

/** Longer than any message of a station; the port has the same limit. */
export const MESSAGE_MAX_BYTES = 65_536;

const malformed = (code: string, words: string): Result<never> =>
  fail(fault('malformed', `basics-station.${code}`, 'message', words));

const modulationOf = (region: string, dataRate: number): Modulation | undefined => {
  const rate = regionNamed(region)?.uplink.find(({ index }) => index === dataRate)?.rate;
  // A station does not say the coding rate.
  if (rate?.kind === 'lora') return { ...rate, codingRate: '' };
  if (rate?.kind === 'fsk') return { ...rate, deviationHz: undefined };
  return rate === undefined ? undefined : { ...rate, gridSteps: undefined };
};

const RSSI = { min: -300, max: 100 } as const;
const SNR = { min: -100, max: 100 } as const;
const PHY_MAX_BYTES = 1_024;
const COUNTER_SPAN = 2n ** 32n;

const within = (value: number | undefined, { min, max }: typeof RSSI | typeof SNR): value is number =>
  value !== undefined && value >= min && value <= max;

/** `rssi` and `snr` are of the frame; `xtime` counts microseconds of the concentrator in its lower 48 bits. */
const receptionOf = (type: string, members: Members, from: From): Result<StationEvent> => {
  const phy = phyOf(type, members);
  if (phy === undefined || phy.length > PHY_MAX_BYTES) return malformed('frame', 'holds no whole frame.');
  const info = membersOf(members.get('upinfo')) ?? new Map<string, unknown>();
  const [rssi, snr] = [numberIn(info, 'rssi'), numberIn(info, 'snr')];
  if (!within(rssi, RSSI) || !within(snr, SNR))
    return malformed('strength', 'has strengths that no radio measures.');
  const xtime = bigIn(info, 'xtime');
  if (xtime === undefined || xtime < 0n) return malformed('xtime', 'does not say when it was heard.');
  const modulation = modulationOf(from.region, wholeIn(members, 'dr', 0, 15) ?? -1);
  if (modulation === undefined)
    return malformed('rate', `has a data rate that ${from.region} does not know.`);
  const body: ReceptionBody = {
    kind: 'reception',
    direction: 'heard',
    gateway: fromHex(from.gateway),
    phy,
    // Damaged frames are not passed on by a station.
    crc: 'ok',
    frequencyHz: wholeIn(members, 'freq', 1, 2 ** 32),
    modulation,
    rssiDeciDbm: Math.round(rssi * 10) + 0,
    signalRssiDeciDbm: undefined,
    snrDeciDb: modulation.kind === 'lora' ? Math.round(snr * 10) + 0 : undefined,
    powerDeciDbm: undefined,
    tmst: Number(xtime % COUNTER_SPAN),
    gatewayTime: undefined,
    fineNs: wholeIn(info, 'fts', 0, 999_999_999),
    frequencyOffsetHz: undefined,
    channel: undefined,
    rfChain: undefined,
    antenna: undefined,
    location: undefined,
  };
  const simulated = textIn(info, 'source') === SIMULATOR_MARK;
  return ok({ kind: 'heard', from, body, simulated, xtime, rctx: bigIn(info, 'rctx') ?? 0n });
};

const HEARD: ReadonlySet<string> = new Set(['jreq', 'rejoin', 'updf', 'dndf', 'propdf', 'jacc']);

const readRouter = (members: Members, from: From): Result<StationEvent> => {
  const type = textIn(members, 'msgtype')?.slice(0, 32);
  if (type === undefined) return malformed('type', 'has no msgtype.');
  if (HEARD.has(type)) return receptionOf(type, members, from);
  if (type === 'version') {
    const station = textIn(members, 'station')?.slice(0, 64) ?? '';
    return ok({ kind: 'version', from, station, model: textIn(members, 'model')?.slice(0, 64) ?? '' });
  }
  if (type === 'timesync') {
    const txtime = bigIn(members, 'txtime');
    return txtime === undefined
      ? malformed('txtime', 'asks for the time without its own.')
      : ok({ kind: 'timesync', from, txtime });
  }
  if (type !== 'dntxed') return ok({ kind: 'other', from, type });
  const diid = wholeIn(members, 'diid', 0, Number.MAX_SAFE_INTEGER);
  if (diid === undefined) return malformed('diid', 'does not say which downlink was sent.');
  return ok({ kind: 'sent', from, diid, frequencyHz: wholeIn(members, 'freq', 1, 2 ** 32) });
};

const readDiscovery = (members: Members, origin: string): Result<StationEvent> => {
  const router = members.get('router');
  const gateway = readIdentifier(router);
  if (gateway === undefined) return malformed('router', 'asks for a router that has no identifier.');
  return ok({ kind: 'discover', gateway, router: String(router), origin });
};

const EUI = /^[0-9a-f]{16}$/;

/** The port writes it as the user of the address: `https://token@box`, `https://certificate:b827ebfffe72e3bb@box`. */
const readProof = ({ protocol, username, password }: URL): Proof => {
  if (protocol !== 'https:') return { kind: 'none' };
  if (username === 'token') return { kind: 'token' };
  if (username !== 'certificate') return { kind: 'none' };
  return { kind: 'certificate', eui: EUI.test(password) ? password : undefined };
};

const readUpdateQuestion = (members: Members, url: URL): Result<StationEvent> => {
  const gateway = readIdentifier(members.get('router'));
  if (gateway === undefined) return malformed('router', 'asks for a router that has no identifier.');
  const uri = (name: string): string => textIn(members, name)?.slice(0, 256) ?? '';
  const crc = (name: string): number => wholeIn(members, name, 0, 2 ** 32 - 1) ?? 0;
  return ok({
    kind: 'update',
    gateway,
    cupsUri: uri('cupsuri'),
    tcUri: uri('tcuri'),
    cupsCrc: crc('cupscredcrc'),
    tcCrc: crc('tccredcrc'),
    origin: `${url.protocol === 'https:' ? 'wss' : 'ws'}://${url.host}`,
    proof: readProof(url),
  });
};

const textOf = (payload: Uint8Array): Members | undefined => {
  try {
    return membersOf(parseExact(new TextDecoder('utf-8', { fatal: true }).decode(payload)));
  } catch {
    return undefined;
  }
};

const readEvent = (frame: Uint8Array): Result<StationEvent> => {
  if (frame.length > MESSAGE_MAX_BYTES) return malformed('length', `is longer than ${MESSAGE_MAX_BYTES} B.`);
  const message = readMessage(frame);
  if (!message.ok) return message;
  const { topic, payload } = message.value;
  const url = URL.canParse(topic) ? new URL(topic) : undefined;
  const members = textOf(payload);
  if (url === undefined) return malformed('path', 'came over no known path.');
  if (members === undefined) return malformed('json', 'is no object of JSON.');
  if (url.pathname === DISCOVERY_PATH) return readDiscovery(members, topic.slice(0, -DISCOVERY_PATH.length));
  if (url.pathname === UPDATE_PATH) return readUpdateQuestion(members, url);
  const [, region, gateway] = ROUTER_PATH.exec(url.pathname) ?? [];
  if (region === undefined || gateway === undefined) return malformed('path', 'came over no known path.');
  return readRouter(members, { region, gateway });
};

const one = <T>(raw: Uint8Array, result: Result<T>): readonly Item<T>[] => [{ raw, result }];

const whole = (_tail: Uint8Array, chunk: Uint8Array): Cut => ({
  frames: [chunk],
  tail: new Uint8Array(),
  discardedBytes: 0,
});

export const eventWire: Wire<StationEvent> = {
  tailMaxBytes: MESSAGE_MAX_BYTES,
  cut: whole,
  decode: (frame) => one(frame, readEvent(frame)),
  encode: writeEvent,
};

const readCommand = (frame: Uint8Array): Result<StationCommand> => {
  const message = readMessage(frame);
  if (!message.ok) return message;
  const { topic, payload } = message.value;
  if (topic === UPDATE_PATH) return ok({ to: undefined, path: topic, said: payload });
  const members = textOf(payload);
  if (members === undefined) return malformed('json', 'is no object of JSON.');
  return ok({ to: undefined, path: topic, said: Object.fromEntries(members) });
};

export const commandWire: Wire<StationCommand> = {
  tailMaxBytes: MESSAGE_MAX_BYTES,
  cut: whole,
  decode: (frame) => one(frame, readCommand(frame)),
  encode: ({ path, said }) =>
    said instanceof Uint8Array ? writeMessage({ topic: path, payload: said }) : writeJson(path, said),
};

/**
 * The LNS protocol of Basics Station: JSON over WebSocket. Each message is one frame, under the URL of its connection.
 */
export const stationCodec: Codec<StationCommand, StationEvent> = {
  framing: 'messages',
  command: commandWire,
  event: eventWire,
};
