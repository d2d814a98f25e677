import { readFile } from 'node:fs/promises';
import { checkMqtt, type MqttScheme, mqttTarget } from '@outpost/firmware-bridge';
import type { RegionPlan } from '@outpost/schemas/radio';
import type { GwEncoding } from '@outpost/schemas/radio/gw';
import { type Clock, ok, type Result } from '@outpost/schemas/words';
import type { StationSecrets } from '../devices/basics-station/web-socket.ts';
import { chirpstackFace } from '../radio/chirpstack-face.ts';
import type { OpenFace } from '../radio/face.ts';
import { gwmpFace } from '../radio/gwmp-face.ts';
import { stationFace } from '../radio/station-face.ts';
import { type LoraOptions, type Server, serverOf, wrong } from './lora-options.ts';

/** How hotspots speak to the server that they are given. */
export const FACE_NAMES = ['gwmp', 'chirpstack', 'basics-station'] as const;
type FaceName = (typeof FACE_NAMES)[number];

export const FACES_HELP = `
Faces: gwmp is Semtech's packet forwarder (--server udp://127.0.0.1:1700; --gwmp is short for both). chirpstack is
  chirpstack-gateway-bridge (--server mqtt://127.0.0.1:1883/eu868, where the path stands before gateway/EUI/event;
  ?version=5 for MQTT 5 as chirpstack-mqtt-forwarder speaks it; ?credentials=, ca=, cert= and key= name files as in
  a gateway's mqtt: port). basics-station is a station (--server ws://127.0.0.1:3001, what stations have in tc.uri;
  ?authorization=, ca=, cert= and key= name files).`;

/** What a world is opened with: how its hotspots speak, and where datagrams can be forged to. */
export interface ChosenFace {
  readonly open: OpenFace | undefined;
  readonly gwmp: Server | undefined;
}

const ENCODINGS: readonly GwEncoding[] = ['protobuf', 'json'];
const MQTT_PORTS = { mqtt: 1883, mqtts: 8883, ws: 80, wss: 443 } as const;
const isMqtt = (scheme: string): scheme is keyof typeof MQTT_PORTS => scheme in MQTT_PORTS;

const sendable = ({ bands }: RegionPlan): readonly [number, number] => [
  Math.min(...bands.map(({ fromHz }) => fromHz)),
  Math.max(...bands.map(({ toHz }) => toHz)),
];

const brokerFace = async (url: URL, options: LoraOptions, region: RegionPlan, realClock: Clock) => {
  const scheme = url.protocol.slice(0, -1);
  if (!isMqtt(scheme))
    return wrong('--server', `"${url.protocol}" is no broker; write it like mqtt://127.0.0.1:1883.`);
  const prefix = url.pathname.replace(/^\/|\/$/g, '');
  const at = new URL(url.href);
  at.pathname = `/${prefix === '' ? 'gateway' : prefix}`;
  const how: MqttScheme = { scheme, example: 'mqtt://127.0.0.1:1883/eu868', defaultPort: MQTT_PORTS[scheme] };
  const checked = checkMqtt(at, how);
  if (!checked.ok) return checked;
  const target = await mqttTarget(at, how, '');
  if (!target.ok) return target;
  const { address, version, credentials, tls } = target.value.settings;
  const encoding = ENCODINGS.find((each) => each === (options.encoding ?? 'protobuf'));
  if (encoding === undefined)
    return wrong('--encoding', `"${options.encoding}" is neither protobuf nor json.`);
  const qos = options.qos ?? '0';
  if (qos !== '0' && qos !== '1') return wrong('--qos', `"${qos}" is neither 0 nor 1.`);
  const broker = {
    address,
    version,
    qos: qos === '1' ? 1 : 0,
    ...(credentials === undefined ? {} : { credentials }),
    ...(tls === undefined ? {} : { tls }),
  } as const;
  const dialect = { prefix: prefix === '' ? '' : `${prefix}/`, encoding };
  return ok(chirpstackFace({ broker, dialect, realClock }, sendable(region)));
};

/** The files that an address names. */
const SECRET_FILES = ['authorization', 'ca', 'cert', 'key'] as const;

const lnsFace = async (url: URL, region: RegionPlan, realClock: Clock): Promise<Result<OpenFace>> => {
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:')
    return wrong('--server', `"${url.protocol}" is no LNS; write it like ws://127.0.0.1:3001.`);
  const secrets: Partial<Record<(typeof SECRET_FILES)[number], string>> = {};
  for (const name of SECRET_FILES) {
    const file = url.searchParams.get(name);
    if (file === null) continue;
    try {
      secrets[name] = (await readFile(file, 'utf8')).trim();
    } catch {
      return wrong('--server', `the file ${file} cannot be read.`);
    }
  }
  const uri = `${url.protocol}//${url.host}`;
  const powerDbm = Math.max(...region.bands.map(({ eirpMaxDbm }) => eirpMaxDbm));
  const where = { uri, secrets: secrets satisfies StationSecrets, realClock };
  return ok(stationFace(where, { txHz: sendable(region), powerDbm }));
};

const isFace = (name: string): name is FaceName => FACE_NAMES.some((each) => each === name);

/** The face that the options ask for; none where there is no server. */
export const faceOf = async (
  options: LoraOptions,
  region: RegionPlan,
  realClock: Clock,
): Promise<Result<ChosenFace>> => {
  const name = options.face ?? 'gwmp';
  if (!isFace(name)) return wrong('--face', `"${name}" is not one of ${FACE_NAMES.join(', ')}.`);
  if (name === 'gwmp') {
    const server = await serverOf(options.gwmp ?? options.server);
    if (!server.ok) return server;
    const gwmp = server.value;
    return ok({ open: gwmp === undefined ? undefined : gwmpFace(gwmp, sendable(region)), gwmp });
  }
  if (options.gwmp !== undefined)
    return wrong('--gwmp', `belongs to the face gwmp; give --server for ${name}.`);
  if (options.server === undefined)
    return wrong('--face', `${name} needs somebody to speak to; give --server.`);
  const url = URL.canParse(options.server) ? new URL(options.server) : undefined;
  if (url === undefined) return wrong('--server', `"${options.server}" is no address.`);
  const open =
    name === 'chirpstack'
      ? await brokerFace(url, options, region, realClock)
      : await lnsFace(url, region, realClock);
  return open.ok ? ok({ open: open.value, gwmp: undefined }) : open;
};
