import { beaconRegionOf, HELIUM_PROFILE, HELIUM_RULES } from '@outpost/schemas/radio';
import {
  elapsedMs,
  fault,
  monoAfterMs,
  NS_PER_S,
  ok,
  type Result,
  sentence,
  toHex,
} from '@outpost/schemas/words';
import type { LiveDelivery, LiveNetwork, LiveOutcome, NetworkContext, NetworkKind } from '../contract.ts';
import { BEACON_REPORT, WITNESS_REPORT } from '../helium/codec.ts';
import { regionName } from '../helium/regions.ts';
import { type BeaconBook, createBeaconBook } from './beacon-book.ts';
import { foresee, sureRefusal } from './foresee.ts';
import { type CoverageGateway, type CoverageGateways, createCoverageGateways, whyDown } from './gateways.ts';
import { beaconReport, type SeenBeacon, seenBeacon, witnessReport } from './reports.ts';
import { type CoverageSettings, checkSettings } from './settings.ts';
import { type Report, reportOf } from './stream.ts';

/** Reports that are on their way at once. */
const WINDOW_MAX = 64;
/** How long a report waits for a session that is being made. */
const SESSION_WAIT_MS = 8_000;

/** A service that was away for so long is gone: a witness is worth nothing by the time at which it may be back. */
const GONE_MS = 15_000;

const OFF =
  `is off: no network takes coverage reports since 2026-07-06 (HIP-149); set options.profile to ` +
  `"${HELIUM_PROFILE}" once one does again.`;

const refused = (code: string, words: string): LiveOutcome => ({ kind: 'refused', code, words });

const placeOf = ({ stream, epoch, sequence }: LiveDelivery): string =>
  `${stream} ${toHex(epoch)} ${sequence}`;

interface Reporting {
  readonly settings: CoverageSettings;
  readonly context: NetworkContext;
  readonly gateways: CoverageGateways;
  readonly book: BeaconBook;
}

const witnessOf = (
  { book }: Reporting,
  seen: SeenBeacon,
  gateway: CoverageGateway,
  delivery: LiveDelivery,
): Result<Report> | LiveOutcome => {
  if (book.find(seen.payload)?.gateway === seen.eui)
    return refused('self-witness', 'the gateway heard its own beacon.');
  if (gateway.isRepeated(seen.payload, placeOf(delivery)))
    return refused('repeated', 'the gateway has heard the same beacon just before.');
  const report = witnessReport(seen, { gateway: gateway.key, wall: delivery.wall });
  return report.ok ? ok(reportOf('witnessReport', WITNESS_REPORT, report.value)) : report;
};

const beaconOf = (
  { settings, context, book }: Reporting,
  seen: SeenBeacon,
  gateway: CoverageGateway,
  { wall, trust }: LiveDelivery,
): Result<Report> | LiveOutcome => {
  const made = book.find(seen.payload);
  if (made === undefined)
    return refused('no-entropy', 'this network did not make that beacon, so nobody knows its entropy here.');
  const nowS = Number(context.clock.wall() / NS_PER_S);
  const { remoteEntropy } = made.entropy;
  if (trust !== 'none' && nowS > remoteEntropy.timestampS + HELIUM_RULES.entropyLifespanS)
    return { kind: 'expired' };
  const { forwarderGainDbi } = settings;
  const report = beaconReport(seen, {
    gateway: gateway.key,
    wall,
    entropy: made.entropy,
    forwarderGainDbi,
  });
  return report.ok ? ok(reportOf('beaconReport', BEACON_REPORT, report.value)) : report;
};

const keptBecause = (words: string, where: string): LiveOutcome => ({
  kind: 'kept',
  retryAfterMs: 0,
  fault: fault('unreachable', 'helium.ingest', where, words),
});

/** What becomes of a reading: a report, or why there is none. */
const deliverTo = async (reporting: Reporting, delivery: LiveDelivery): Promise<LiveOutcome> => {
  const { settings, context, gateways } = reporting;
  const seen = seenBeacon(delivery.body);
  if (seen === undefined) throw new Error('A reading that was not wanted.');
  const found = await gateways.find(seen.eui);
  if (found === undefined) {
    const words = `this network takes ${settings.gatewaysMax} gateways; set options.gatewaysMax for more.`;
    return refused('too-many-gateways', words);
  }
  if (!found.ok) return refused('no-key', sentence(found.fault));
  const gateway = found.value;
  const sure = gateway.plan === undefined ? undefined : sureRefusal(seen, gateway.plan);
  if (sure !== undefined) return refused(sure.code, sure.words);
  const report = (seen.role === 'witness' ? witnessOf : beaconOf)(reporting, seen, gateway, delivery);
  if (!('ok' in report)) return report;
  if (!report.ok) return refused(report.fault.code, report.fault.words);
  const { line } = gateway;
  const from = gateways.ingest.away?.from;
  const isGone = from !== undefined && elapsedMs(from, context.clock.mono()) > GONE_MS;
  if (isGone && seen.role === 'witness') return { kind: 'expired' };
  const sent = await line.send(report.value, monoAfterMs(context.clock.mono(), SESSION_WAIT_MS));
  if (sent === 'there') return { kind: 'settled' };
  const { host } = settings.ingest;
  // The oracle takes a report that comes twice for one.
  if (sent === 'doubt') return keptBecause('the way broke before it had the report; it is sent again.', host);
  return line.why.kind === 'refused' && gateways.ingest.away === undefined
    ? refused('no-session', sentence(line.why))
    : keptBecause(whyDown(gateways, gateway), host);
};

const networkOver = (settings: CoverageSettings, context: NetworkContext): LiveNetwork => {
  const { name, expiresAfterMs, profile } = settings;
  const book = createBeaconBook(context.directory);
  const gateways = createCoverageGateways(settings, context, book);
  const reporting: Reporting = { settings, context, gateways, book };
  const common = {
    follows: 'readings',
    name,
    windowMax: WINDOW_MAX,
    expiresAfterMs,
    takesOnce: false,
    deliver: (delivery) => deliverTo(reporting, delivery),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  } satisfies Partial<LiveNetwork>;
  if (profile === undefined) {
    context.note?.(OFF);
    return { ...common, wants: () => false };
  }
  return { ...common, wants: ({ body }) => seenBeacon(body) !== undefined, run: gateways.run };
};

/** Helium's coverage reports, by the rules that were retired: off until a network takes them again. */
export const heliumCoverage: NetworkKind = {
  kind: 'helium-coverage',
  follows: 'readings',
  open: (settings, context) => {
    const checked = checkSettings(settings);
    return Promise.resolve(checked.ok ? ok(networkOver(checked.value, context)) : checked);
  },
  predict: (settings, sending) => {
    const checked = checkSettings(settings);
    if (!checked.ok || checked.value.profile === undefined || sending.of !== 'reading') return undefined;
    const seen = seenBeacon(sending.delivery.body);
    if (seen === undefined) return undefined;
    const plan = beaconRegionOf(regionName(checked.value.region) ?? '');
    return foresee(seen, sending.delivery, plan.ok ? plan.value : undefined);
  },
};
