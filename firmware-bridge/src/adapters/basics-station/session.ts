import { gpsUsAt, type MonoNs, type Order, type WallNs } from '@outpost/schemas/words';
import {
  control,
  dropped,
  endTurn,
  type Turn as GatewayTurn,
  orderTurn,
  takeInput,
} from '../../lora-gateway/turn.ts';
import type { Peer } from '../../port.ts';
import type { DeviceStatus, Input, Session, Step } from '../../session.ts';
import type { Credentials } from './credentials.ts';
import { UPDATE_PATH, writeUpdate } from './cups.ts';
import { beginDownlink, endDownlink, expireDownlinks } from './downlink.ts';
import type { StationCommand, StationEvent, UpdateQuestion } from './event.ts';
import type { StationOptions } from './options.ts';
import { DISCOVERY_PATH, routerPath } from './path.ts';
import { routerConfig } from './router-config.ts';
import { EMPTY_STATE, type State, withStation } from './state.ts';

/** Strangers that are told of; more are only counted. */
const STRANGERS_MAX = 64;

type Turn = GatewayTurn<State, StationCommand>;

const takeStranger = (state: State, gateway: string): Turn => {
  const turn = dropped(state, 'not-listed');
  if (state.strangers.has(gateway) || state.strangers.size >= STRANGERS_MAX) return turn;
  const words = `station ${gateway} asked to be heard; it is not among options.gateways.`;
  const strangers = new Set(state.strangers).add(gateway);
  return { ...turn, state: { ...state, strangers }, happenings: [{ what: 'stranger', words }] };
};

/** A connection to any of our addresses leads to the right path of the same address. */
const takeDiscovery = (
  { region }: StationOptions,
  state: State,
  { gateway, router, origin }: Extract<StationEvent, { kind: 'discover' }>,
  to: Peer,
): Turn => {
  const uri = `${origin}${routerPath({ region: region.name, gateway })}`;
  const said = { router, muxs: 'muxs-::0', uri };
  return { ...control(state), commands: [{ to, path: DISCOVERY_PATH, said }] };
};

const isProven = ({ proof, gateway }: UpdateQuestion): boolean =>
  proof.kind === 'token' || (proof.kind === 'certificate' && (proof.eui ?? gateway) === gateway);

const takeUnproven = (turn: Turn, gateway: string): Turn => {
  if (turn.state.unproven.has(gateway)) return turn;
  const words =
    `station ${gateway} asked for its credentials and did not show who it is; it got none. The port needs ` +
    '"cert" and "authorization" or "ca", and a certificate that names an EUI must name its own.';
  const unproven = new Set(turn.state.unproven).add(gateway);
  return { ...turn, state: { ...turn.state, unproven }, happenings: [{ what: 'station-unproven', words }] };
};

/**
 * A station is told where its network server is, and given credentials where it has others. Keys go out only over TLS
 * and to a station that has shown who it is.
 */
const takeUpdate = ({ cups }: StationOptions, state: State, question: UpdateQuestion, to: Peer): Turn => {
  const { gateway, tcUri, cupsUri, tcCrc, cupsCrc, origin } = question;
  const own = cups.credentials.get(gateway) ?? {};
  const isDue =
    (own.tc !== undefined && own.tc.crc !== tcCrc) || (own.cups !== undefined && own.cups.crc !== cupsCrc);
  const given = isProven(question) ? own : {};
  const fresh = (credentials: Credentials | undefined, has: number): Uint8Array =>
    credentials === undefined || credentials.crc === has ? new Uint8Array() : credentials.bytes;
  const [tc, asking] = [cups.tcUri ?? origin, cups.cupsUri ?? cupsUri];
  const said = writeUpdate({
    tcUri: tcUri === tc ? '' : tc,
    cupsUri: cupsUri === asking ? '' : asking,
    tcCredentials: fresh(given.tc, tcCrc),
    cupsCredentials: fresh(given.cups, cupsCrc),
  });
  const turn = { ...control(state), commands: [{ to, path: UPDATE_PATH, said }] };
  return isDue && given !== own ? takeUnproven(turn, gateway) : turn;
};

/** Only a clock that somebody keeps right is told: a wrong second sends a downlink at a wrong time. */
const takeTimesync = (
  { leapSeconds }: StationOptions,
  state: State,
  { from, txtime }: Extract<StationEvent, { kind: 'timesync' }>,
  to: Peer,
  utc: WallNs | undefined,
): Turn => {
  if (utc === undefined) return dropped(state, 'time-unknown');
  const said = { msgtype: 'timesync', txtime, gpstime: gpsUsAt(utc, leapSeconds) };
  return { ...control(state), commands: [{ to, path: routerPath(from), said }] };
};

const takeEvent = (
  options: StationOptions,
  state: State,
  { event, raw, peer, utc }: Extract<Input<StationEvent>, { kind: 'event' }>,
): Turn => {
  if (peer === undefined) return dropped(state, 'no-peer');
  const gateway = 'gateway' in event ? event.gateway : event.from.gateway;
  if (!options.gateways.has(gateway)) return takeStranger(state, gateway);
  if (event.kind === 'discover') return takeDiscovery(options, state, event, peer);
  if (event.kind === 'update') return takeUpdate(options, state, event, peer);
  const { from } = event;
  if (from.region !== options.region.name) return dropped(state, 'other-region');
  switch (event.kind) {
    case 'version': {
      const turn = control(withStation(state, from, peer, { heard: undefined }));
      return { ...turn, commands: [{ to: peer, path: routerPath(from), said: routerConfig(options) }] };
    }
    case 'heard': {
      const { body, simulated, xtime, rctx } = event;
      const origin = simulated ? 'simulated' : 'live';
      const learned = withStation(state, from, peer, { heard: { xtime, rctx } });
      return { state: learned, fates: [{ kind: 'observed' }], said: [{ body, raw, origin }] };
    }
    case 'sent': {
      const ended = endDownlink(state, event);
      if (ended === undefined) return dropped(state, 'no-such-downlink');
      return { ...control(ended.state), outcomes: [ended.outcome] };
    }
    case 'timesync':
      return takeTimesync(options, state, event, peer, utc);
    case 'other':
      return dropped(state, 'not-used');
  }
};

const statusOf = ({ stations }: State, { gateways }: StationOptions): DeviceStatus => {
  const facts = { stations: stations.size, listed: gateways.size };
  if (stations.size === 0) {
    return { phase: 'waiting', words: 'No station has connected yet; its tc.uri must name this box.', facts };
  }
  return {
    phase: 'listening',
    words: `${stations.size} of ${gateways.size} stations have connected.`,
    facts,
  };
};

const stepOf = (options: StationOptions, turn: Turn, now: MonoNs): Step<State, StationCommand> => {
  const expired = expireDownlinks(turn.state, now);
  const status = statusOf(expired.state, options);
  const isNew = status.words !== expired.state.shown;
  const state = isNew ? { ...expired.state, shown: status.words } : expired.state;
  const ending = { state, expired: expired.outcomes, status: isNew ? status : undefined };
  return endTurn(turn, { ...ending, flights: state.flights }, now);
};

const takeOrder = (options: StationOptions, state: State, order: Order, now: MonoNs): Turn => {
  if (order.kind !== 'downlink') throw new Error(`This adapter takes no order "${order.kind}".`);
  const { state: after, command, outcome } = beginDownlink(options, state, order, now);
  return orderTurn(after, command, outcome);
};

/** The network server's side of Basics Station, as far as hearing and sending go. */
export const stationSession = (options: StationOptions): Session<State, StationCommand, StationEvent> => ({
  initial: EMPTY_STATE,
  step: (state, input, now) =>
    stepOf(
      options,
      takeInput(state, input, (event) => takeEvent(options, state, event)),
      now,
    ),
  order: (state, order, now) => stepOf(options, takeOrder(options, state, order, now), now),
});
