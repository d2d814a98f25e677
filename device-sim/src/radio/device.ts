import {
  admitEmission,
  bandsAt,
  type DutyLedger,
  EMPTY_LEDGER,
  type LoraRate,
  loraAirtimeUs,
  lorawanFrame,
  type RegionPlan,
  RX1_DELAY_S,
  settleLedger,
} from '@outpost/schemas/radio';
import { monoNs } from '@outpost/schemas/words';
import { drawAt } from '../random/draw-at.ts';
import { type DeviceIdentity, joinFrame, uplinkFrame } from './frame.ts';
import type { Mover } from './motion.ts';

/** One end device. */
export interface EndDevice extends Mover {
  readonly identity: DeviceIdentity;
  readonly heightM: number;
  /** dBm, equivalent isotropic, before its network tells it to be quieter. */
  readonly eirpDbm: number;
  readonly rate: LoraRate;
  /** Mean time between messages. */
  readonly intervalS: number;
  readonly payloadBytes: number;
  /** How often it sends each message at most (NbTrans, or a confirmed one that nobody answers). */
  readonly attempts: number;
}

/** What a device listens for after it has sent. */
export interface LastUplink {
  readonly endUs: number;
  readonly frequencyHz: number;
  readonly rate: LoraRate;
  readonly isJoin: boolean;
  /** Of a join-request. */
  readonly devNonce: number;
  readonly rxDelayS: number;
}

/** By which keys it speaks, and from which message on. */
export interface Session {
  readonly identity: DeviceIdentity;
  readonly firstMessage: number;
  readonly rxDelayS: number;
}

export interface DeviceState {
  readonly nextUs: number;
  /** Number of the next new message: 0 is the join-request, 1 the frame that counts 0. */
  readonly message: number;
  /** Times that the present message was sent already. */
  readonly attempt: number;
  readonly ledger: DutyLedger;
  /** Emissions that the duty cycle did not allow. */
  readonly held: number;
  /** Undefined: nobody has answered its join. */
  readonly session: Session | undefined;
  readonly last: LastUplink | undefined;
  /** Somebody has answered what it sent last; it is not sent again. */
  readonly isAnswered: boolean;
}

/** Kinds of chance, each drawn by a number of its own. */
const CHANCE = {
  start: 1,
  wait: 2,
  channel: 3,
  payload: 4,
  repeat: 5,
  confirmed: 8,
  power: 9,
} as const;

const US_PER_S = 1_000_000;

/** Messages come by chance, never closer than a fifth of their mean. */
const waitUs = ({ seed, intervalS }: EndDevice, message: number): number => {
  const chance = -Math.log(1 - drawAt(seed, CHANCE.wait, message));
  return Math.round(intervalS * US_PER_S * (0.2 + 0.8 * chance));
};

export const newDevice = (device: EndDevice): DeviceState => ({
  nextUs: Math.round(device.intervalS * US_PER_S * drawAt(device.seed, CHANCE.start, 0)),
  message: 0,
  attempt: 0,
  ledger: EMPTY_LEDGER,
  held: 0,
  session: undefined,
  last: undefined,
  isAnswered: false,
});

/** A network sets the power anew after so many messages, in steps of 2 dB down (RP002-1.0.4, TXPower). */
const POWER_MESSAGES = 20;
const POWER_STEPS = 6;

/** dBm of this message, equivalent isotropic. */
export const eirpOf = ({ seed, eirpDbm }: EndDevice, message: number): number => {
  const turn = Math.floor(message / POWER_MESSAGES);
  // Networks that set the power do not set that of every device.
  if (drawAt(seed, CHANCE.power, 0) < 0.5 || turn === 0) return eirpDbm;
  return eirpDbm - 2 * Math.floor(drawAt(seed, CHANCE.power, turn) * POWER_STEPS);
};

/** A device that was never answered speaks by the keys that it was given, as a personalised one. */
export const sessionOf = (device: EndDevice, { session }: DeviceState): Session =>
  session ?? { identity: device.identity, firstMessage: 1, rxDelayS: RX1_DELAY_S };

const devNonceOf = ({ seed }: EndDevice): number => Math.floor(drawAt(seed, CHANCE.payload, 0) * 65_536);

const phyOf = (device: EndDevice, state: DeviceState): Uint8Array => {
  const { message } = state;
  const { seed, payloadBytes } = device;
  if (message === 0) return joinFrame(device.identity, devNonceOf(device));
  const { identity, firstMessage } = sessionOf(device, state);
  const payload = Uint8Array.from({ length: payloadBytes }, (_, i) =>
    Math.floor(drawAt(seed, CHANCE.payload, message * 256 + i) * 256),
  );
  const confirmed = drawAt(seed, CHANCE.confirmed, 0) < 0.3;
  return uplinkFrame(identity, {
    confirmed,
    counter: message - firstMessage,
    port: 1 + (seed % 200),
    payload,
  });
};

/** Where devices send: joins go to the region's default channels alone. */
export interface Channels {
  readonly joinHz: readonly number[];
  readonly dataHz: readonly number[];
}

/** What a device sends now, or why it does not. */
export interface DeviceStep {
  readonly state: DeviceState;
  readonly emission:
    | { readonly phy: Uint8Array; readonly frequencyHz: number; readonly airtimeUs: number }
    | undefined;
}

/** RX2 closes by then; a message that nobody answered may go out again (LoRaWAN 1.0.4 §4.3.1.1). */
const REPEAT_AFTER_S = 3;

/** A join-request goes out once: whoever sends another one draws another number. */
const attemptsOf = (device: EndDevice, { message }: DeviceState): number => {
  if (message === 0 || device.attempts <= 1) return 1;
  return 1 + Math.floor(drawAt(device.seed, CHANCE.repeat, message) * device.attempts);
};

/** A device whose time has come. */
export const stepDevice = (
  device: EndDevice,
  state: DeviceState,
  region: RegionPlan,
  channels: Channels,
): DeviceStep => {
  const { nextUs: nowUs, message, attempt } = state;
  if (attempt > 0 && state.isAnswered) {
    const nextUs = nowUs + waitUs(device, message);
    const after = { message: message + 1, attempt: 0, nextUs, isAnswered: false };
    return { state: { ...state, ...after }, emission: undefined };
  }
  const phy = phyOf(device, state);
  const airtimeUs = loraAirtimeUs(lorawanFrame(device.rate, phy.length, 'up')) ?? 0;
  const drawn = drawAt(device.seed, CHANCE.channel, message * 16 + attempt);
  const channelsHz = message === 0 ? channels.joinHz : channels.dataHz;
  const frequencyHz = channelsHz[Math.floor(drawn * channelsHz.length)] ?? 0;
  const isLast = attempt + 1 >= attemptsOf(device, state);
  const apartUs = REPEAT_AFTER_S * US_PER_S + Math.round(drawn * US_PER_S);
  const next = isLast
    ? { message: message + 1, attempt: 0, nextUs: nowUs + airtimeUs + waitUs(device, message) }
    : { message, attempt: attempt + 1, nextUs: nowUs + airtimeUs + apartUs };
  const band = bandsAt(region, frequencyHz, device.rate.bandwidthHz).find(
    ({ eirpMaxDbm }) => device.eirpDbm <= eirpMaxDbm,
  );
  const start = monoNs(BigInt(nowUs) * 1_000n);
  const admitted =
    band !== undefined &&
    admitEmission(
      settleLedger(state.ledger, start),
      { band: band.name, start, airtimeUs },
      band.dutyPermille,
    );
  if (admitted === false || !admitted.ok) {
    // Nothing is sent, the message is given up, and the next one tries again; a join must come before any other.
    const after = {
      message: message === 0 ? 0 : message + 1,
      attempt: 0,
      nextUs: nowUs + waitUs(device, message),
    };
    return { state: { ...state, ...after, held: state.held + 1 }, emission: undefined };
  }
  const last: LastUplink = {
    endUs: nowUs + airtimeUs,
    frequencyHz,
    rate: device.rate,
    isJoin: message === 0,
    devNonce: devNonceOf(device),
    rxDelayS: sessionOf(device, state).rxDelayS,
  };
  const sent = { ...next, last, isAnswered: false, ledger: admitted.ledger };
  return { state: { ...state, ...sent }, emission: { phy, frequencyHz, airtimeUs } };
};
