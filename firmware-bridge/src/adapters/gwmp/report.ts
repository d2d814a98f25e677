import { elapsedMs, type MonoNs } from '@outpost/schemas/words';
import type { DeviceStatus } from '../../session.ts';
import { crcOkShare, deafAfterMs, type Health } from './health.ts';
import { keepText } from './keep.ts';
import type { Gateway, State } from './state.ts';
import { change, type Turn } from './turn.ts';

/** Gateways and strangers whose facts a status lists. */
const LISTED_MAX = 16;

const tenth = (value: number): number => Math.round(value) / 10;

const stateOf = (health: Health | undefined): string => {
  if (health === undefined) return 'waiting';
  const [first] = health.troubles;
  if (health.troubles.has('gateway-offline')) return 'offline';
  return first ?? 'hearing';
};

const healthFacts = (health: Health, now: MonoNs): Readonly<Record<string, string | number | undefined>> => {
  const { temperatureDeciC, noise, acks, radioAt } = health;
  const share = crcOkShare(health);
  return {
    troubles: [...health.troubles].join(' '),
    radioSilentS: radioAt === undefined ? undefined : Math.round(elapsedMs(radioAt, now) / 1_000),
    deafAfterS: Math.round(deafAfterMs(health) / 1_000),
    ackPercent: acks.weight === 0 ? undefined : tenth(acks.decipercent),
    crcOkPercent: share === undefined ? undefined : Math.round(share * 1_000) / 10,
    temperatureC: temperatureDeciC === undefined ? undefined : tenth(temperatureDeciC),
    noiseDbm: noise === undefined ? undefined : tenth(noise.now),
  };
};

const gatewayFacts = (gateway: Gateway, now: MonoNs): DeviceStatus['facts'] => {
  const { eui, address, route, frames, health } = gateway;
  const own = {
    state: stateOf(health),
    address: address ?? '',
    route: route === undefined ? '' : `${route.peer.address} port ${route.peer.port}`,
    frames,
    ...(health === undefined ? {} : healthFacts(health, now)),
  };
  return Object.fromEntries(
    Object.entries(own).flatMap(([name, value]) => (value === undefined ? [] : [[`${eui}.${name}`, value]])),
  );
};

const factsOf = ({ gateways, strangers, flights }: State, now: MonoNs): DeviceStatus['facts'] => ({
  gateways: gateways.size,
  pending: strangers.size,
  downlinks: flights.length,
  ...Object.assign({}, ...[...gateways.values()].slice(0, LISTED_MAX).map((each) => gatewayFacts(each, now))),
  ...Object.fromEntries(
    [...strangers.values()]
      .slice(0, LISTED_MAX)
      .map(({ eui, addresses }) => [`${eui}.pending`, addresses.join(' ')]),
  ),
});

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

const phaseOf = ({ gateways, strangers }: State): readonly [phase: string, words: string] => {
  const known = [...gateways.values()];
  const waiting = strangers.size;
  const pending =
    waiting === 0
      ? ''
      : ` ${plural(waiting, 'gateway waits', 'gateways wait')} for approval: approve or forbid each.`;
  const troubled = known.filter(({ health }) => (health?.troubles.size ?? 0) > 0);
  if (troubled.length > 0) {
    const words = troubled.map(({ eui, health }) => `${eui} (${[...(health?.troubles ?? [])].join(', ')})`);
    return ['troubled', `something is wrong with ${words.slice(0, LISTED_MAX).join(', ')}.${pending}`];
  }
  const heard = known.filter(({ health }) => health !== undefined).length;
  if (heard > 0) return ['listening', `${plural(heard, 'gateway is', 'gateways are')} heard.${pending}`];
  if (waiting > 0) return ['pending', pending.trim()];
  return ['waiting', 'no gateway has spoken yet; point its packet forwarder at this box and port.'];
};

/** The status where it is another than the last one, and what is to be kept where that is. */
export const report = (turn: Turn): DeviceStatus | undefined => {
  const { state, now } = turn;
  const [phase, words] = phaseOf(state);
  const facts = factsOf(state, now);
  const keep = keepText(state) ?? state.kept;
  const shown = JSON.stringify([phase, words, facts]);
  if (shown === state.shown && keep === state.kept) return undefined;
  change(turn, { shown, kept: keep });
  return { phase, words, facts, ...(keep === state.kept ? {} : { keep }) };
};
