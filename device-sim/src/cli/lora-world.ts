import { systemClock } from '@outpost/firmware-bridge';
import type { Reception } from '@outpost/schemas/radio';
import {
  type Clock,
  EXIT_MISCONFIGURED,
  type Fault,
  ok,
  type Result,
  sentence,
  toHex,
} from '@outpost/schemas/words';
import { Command } from 'commander';
import { clone, type Lie, liar, RADIO_LIES, type RadioLie } from '../cheats/radio-cheats.ts';
import type { Heard } from '../radio/air.ts';
import { forgeriesUntil, openForger } from '../radio/forgeries.ts';
import { PROPAGATIONS } from '../radio/path-loss.ts';
import { type Liars, type RunParts, type RunTally, runWorld } from '../radio/run-world.ts';
import type { WorldPlan } from '../radio/world.ts';
import type { SimTerminal } from './car.ts';
import { FACE_NAMES, FACES_HELP, faceOf } from './lora-faces.ts';
import {
  CHEAT_NAMES,
  type CheatName,
  cheatOf,
  FORGED,
  type ForgedCheat,
  type LoraOptions,
  numberOf,
  type Server,
  secondsOf,
  speedOf,
  worldOfOptions,
  wrong,
} from './lora-options.ts';

const isRadioLie = (name: CheatName): name is RadioLie => name in RADIO_LIES;
const isForged = (name: CheatName | undefined): name is ForgedCheat => name !== undefined && name in FORGED;

/** One of so many hotspots lies, the first one among them; a clone speaks as the one before it. */
const liarsOf = ({ hotspots, seed }: WorldPlan, cheat: CheatName | undefined, every: number): Liars => {
  const honest = (index: number): string => hotspots[index]?.eui ?? '';
  if (cheat === 'cloned-eui') {
    const isClone = (index: number): boolean => index % every === 1 % every && index > 0;
    const eui = (index: number): string => honest(isClone(index) ? index - 1 : index);
    const lies = new Map(hotspots.map((_, index) => [index, clone(eui(index))]));
    return { eui, lie: (index) => (isClone(index) ? lies.get(index) : undefined) };
  }
  const lies = new Map<number, Lie>();
  if (cheat !== undefined && isRadioLie(cheat))
    for (let i = 0; i < hotspots.length; i += every) lies.set(i, liar(cheat, seed * 1_000 + i));
  return { eui: honest, lie: (index) => lies.get(index) };
};

/** Seconds of the world between two forged datagrams against one gateway. */
const FORGED_EVERY_S = 10;

const forgersOf = async (
  cheat: CheatName | undefined,
  { hotspots }: WorldPlan,
  server: Server | undefined,
  from: string | undefined,
): Promise<Result<RunParts['forgers']>> => {
  if (!isForged(cheat)) return ok([]);
  if (server === undefined) return wrong('--cheat', `${cheat} needs somebody to send to; give --gwmp too.`);
  try {
    const forger = await openForger(server, from);
    const next = (fromUs: number, untilUs: number) =>
      forgeriesUntil(FORGED[cheat], hotspots, FORGED_EVERY_S, [fromUs, untilUs]);
    return ok([{ forger, next }]);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return wrong('--forge-from', `nothing can be sent from ${from ?? 'this machine'} (${why}).`);
  }
};

const degrees = (e7: number): string => (e7 / 1e7).toFixed(6);

/** A reception as one line: for programs, or for people. */
const lineOf = (reception: Reception, crc: Heard['crc'], json: boolean): string => {
  const { gateway, phy, frequencyHz, rate, rssiDbm, snrDb, tmst, wall, trust, place } = reception;
  const sf = rate.kind === 'lora' ? `SF${rate.spreadingFactor}BW${rate.bandwidthHz / 1_000}` : rate.kind;
  const time = new Date(Number(wall / 1_000_000n)).toISOString();
  if (!json)
    return `${time} ${gateway} ${sf} ${frequencyHz / 1e6} MHz ${rssiDbm} dBm ${snrDb} dB ${crc} ${toHex(phy)}`;
  const at = place && [Number(degrees(place.latitude)), Number(degrees(place.longitude))];
  return JSON.stringify({
    event: 'heard',
    gateway,
    time,
    trust,
    tmst,
    frequencyHz,
    dataRate: sf,
    rssiDbm,
    snrDb,
    crc,
    place: at,
    phy: toHex(phy),
  });
};

const beginOf = (
  { hotspots, devices, region }: WorldPlan,
  liars: Liars,
  json: boolean,
): readonly string[] => {
  if (!json)
    return [
      `simulated radio world: ${hotspots.length} hotspots, ${devices.length} devices, ${region.name}`,
      ...hotspots.map(
        ({ home, knowledge }, i) =>
          `  hotspot ${liars.eui(i)} at ${degrees(home.latitude)},${degrees(home.longitude)}, time by ${knowledge}`,
      ),
    ];
  const list = hotspots.map(({ home, knowledge }, i) => ({
    eui: liars.eui(i),
    place: [Number(degrees(home.latitude)), Number(degrees(home.longitude))],
    knowledge,
  }));
  return [JSON.stringify({ event: 'begun', region: region.name, devices: devices.length, hotspots: list })];
};

const endOf = (tally: RunTally, diverted: number, json: boolean): string => {
  if (json) return JSON.stringify({ event: 'ended', ...tally, diverted });
  const { world, lies, faces, seconds } = tally;
  const spoken = Object.entries(faces).map(([name, count]) => `, ${count} ${name}`);
  return (
    `simulated radio world ended after ${seconds.toFixed(0)} s: ${world.sent.device} frames, ` +
    `${world.sent.beacon} beacons and ${world.sent.downlink} downlinks sent, ${world.heard.ok} received, ` +
    `${world.heard.bad} damaged, ${world.lost.collided} lost to others, ${lies} lies, ` +
    `${diverted} diverted${spoken.join('')}`
  );
};

/** Runs until the signal or its end; resolves with the exit code. */
export const runLora = async (
  options: LoraOptions,
  terminal: SimTerminal,
  clock: Clock = systemClock(),
): Promise<number> => {
  const complain = (why: Fault): number => {
    terminal.err(sentence(why));
    return why.kind === 'misconfigured' ? EXIT_MISCONFIGURED : 1;
  };
  const json = options.json === true;
  const plan = await worldOfOptions(options, clock.wall());
  if (!plan.ok) return complain(plan.fault);
  const face = await faceOf(options, plan.value.region, clock);
  const [speed, seconds] = [speedOf(options), secondsOf(options)];
  const [cheat, every] = [cheatOf(options.cheat), numberOf('--liars', options.liars, 1, 1_000)];
  if (!face.ok) return complain(face.fault);
  if (!speed.ok) return complain(speed.fault);
  if (!seconds.ok) return complain(seconds.fault);
  if (!cheat.ok) return complain(cheat.fault);
  if (!every.ok) return complain(every.fault);
  const forgers = await forgersOf(cheat.value, plan.value, face.value.gwmp, options.forgeFrom);
  if (!forgers.ok) return complain(forgers.fault);
  const liars = liarsOf(plan.value, cheat.value, Math.round(every.value));
  for (const line of beginOf(plan.value, liars, json)) terminal.out(line);
  const isSilent = face.value.open !== undefined;
  const tally = await runWorld({
    plan: plan.value,
    liars,
    open: face.value.open,
    forgers: forgers.value,
    told: (reception, crc) => {
      if (!isSilent) terminal.out(lineOf(reception, crc, json));
    },
    clock,
    speed: speed.value,
    seconds: seconds.value,
    signal: terminal.signal,
  });
  const diverted = forgers.value.reduce((sum, { forger }) => sum + forger.diverted, 0);
  for (const { forger } of forgers.value) await forger[Symbol.asyncDispose]();
  terminal.out(endOf(tally, diverted, json));
  return 0;
};

const HELP = `
Without a server each reception is printed as a line (with --json: as an object), otherwise only begin and end.

Propagation: free-space; hata-urban, hata-suburban and hata-open are Okumura-Hata; oulu and lorasim are published
  log-distance fits. All but free space have shadows of houses. --terrain adds the hills of an ESRI ASCII grid in
  degrees (gdal_translate -of AAIGrid makes one of SRTM or Copernicus tiles).

Cheats, by one of so many hotspots as --liars says: teleport (100 km and more), teleport-near, rssi+20 (a tenth of the
  receptions), rssi+20-rare (one of 200), rssi+20-snr, snr-impossible, replay (after 10 minutes and more),
  replay-soon, clock-jump, cloned-eui (the one after it speaks by its EUI too). forged-pull-data, forged-tx-ack and
  forged-push-data are sent every ten seconds in the name of each hotspot, from --forge-from or from another port;
  stranger sends frames as often under EUIs that nobody has approved.
${FACES_HELP}`;

const shared = (command: Command): Command =>
  command
    .option('--devices <number>', 'how many end devices send around it', '50')
    .option('--seed <number>', 'a world with the same seed is the same world', '1')
    .option('--speed <factor>', 'how much faster than the clock the world lives', '1')
    .option('--gwmp <address>', 'speak Semtech UDP to this server: udp://127.0.0.1:1700')
    .option('--face <name>', `how hotspots speak: ${FACE_NAMES.join(', ')} (default: gwmp)`)
    .option('--server <address>', 'to whom: udp://host:1700, mqtt://host:1883/eu868 or ws://host:3001')
    .option('--encoding <name>', 'of the face chirpstack: protobuf or json (default: protobuf)')
    .option('--qos <level>', 'of the face chirpstack: 0 or 1 (default: 0, as the bridge)')
    .option('--radius <km>', 'how far from it hotspots stand and devices live', '5')
    .option('--region <name>', 'whose channels and limits hold', 'EU868')
    .option('--propagation <name>', Object.keys(PROPAGATIONS).join(', '), 'hata-suburban')
    .option('--terrain <file>', 'heights of the ground: an ESRI ASCII grid')
    .option('--interval <seconds>', 'mean time between two messages of a device', '120')
    .option('--beacons <minutes>', 'send a beacon by Helium’s algorithm so often (default: none)')
    .option('--cheat <name>', CHEAT_NAMES.join(', '))
    .option('--forge-from <address>', 'the address of this machine that forged datagrams come from')
    .option('--seconds <number>', 'end after so many seconds of the world (default: at Ctrl-C)')
    .option('--json', 'print objects instead of sentences')
    .addHelpText('after', HELP)
    .allowExcessArguments(false);

/** `outpost-sim lora-world`: many hotspots that hear the same devices. `finish` gets the exit code. */
export const loraWorldCommand = (terminal: SimTerminal, finish: (code: number) => void): Command =>
  shared(
    new Command('lora-world')
      .description('LoRa hotspots and the devices around them, with collisions, drifting clocks, and cheats')
      .option('--hotspots <number>', 'how many', '10')
      .option('--places <file>', 'or exactly here: latitude,longitude in degrees on each line')
      .option('--centre <place>', 'latitude,longitude of the middle', '52.52,13.405')
      .option('--liars <number>', 'one of so many hotspots cheats', '4'),
  ).action(async (options: LoraOptions) => finish(await runLora(options, terminal)));

/** `outpost-sim hotspot`: one of them. */
export const hotspotCommand = (terminal: SimTerminal, finish: (code: number) => void): Command =>
  shared(
    new Command('hotspot')
      .description('one LoRa hotspot and the devices around it')
      .option('--centre <place>', 'latitude,longitude around which it stands', '52.52,13.405')
      .option('--eui <eui>', 'what it calls itself, 16 digits of lower-case hex (default: by the seed)'),
  ).action(async (options: LoraOptions) =>
    finish(await runLora({ ...options, hotspots: '1', liars: '1' }, terminal)),
  );
