import type { NetworkConfig } from '@outpost/schemas/config';
import type { WallNs } from '@outpost/schemas/words';
import type { ReaderState } from '../journal/state.ts';
import { type HourJson, hourJson, type LifeJson, lifeJson, type TotalsJson, totalsJson } from './json.ts';
import type { LedgerLine } from './lines.ts';
import { ledgerNetworks } from './networks.ts';
import { newestOf } from './newest.ts';
import { readLedger } from './read-ledger.ts';
import type { LedgerSource } from './source.ts';

/** What the page shows of the ledger; all of it is told by `outpost ledger`. */
export interface LedgerPage {
  /** Newest first. */
  readonly lives: readonly LifeJson[];
  readonly hours: readonly HourJson[];
  readonly totals: TotalsJson | null;
  /** Attestations of the period that are older than those. */
  readonly more: number;
}

export interface PageAsked {
  readonly networks: readonly NetworkConfig[];
  readonly since: WallNs;
  readonly network: string | undefined;
  readonly device: string | undefined;
  readonly rows: number;
}

export const PAGE_HOURS_MAX = 200;

/** Ends of what was made before all that is looked at have no row on the page; they are in its sums. */
async function* withoutLate(lines: AsyncIterable<LedgerLine>): AsyncGenerator<LedgerLine> {
  for await (const line of lines) if (line.kind !== 'late') yield line;
}

/** The newest of the ledger, with sums over all that is asked for. */
export const ledgerPage = async (
  source: LedgerSource & { readonly readers: readonly ReaderState[] },
  { networks: configured, since, network, device, rows }: PageAsked,
  signal: AbortSignal,
): Promise<LedgerPage> => {
  const lives: LifeJson[] = [];
  const hours: HourJson[] = [];
  let totals: TotalsJson | null = null;
  let more = 0;
  const networks = await ledgerNetworks(configured, source.readers);
  const lines = withoutLate(readLedger(source, { networks, network, device, since }, signal));
  for await (const line of newestOf(lines, { rows, hours: PAGE_HOURS_MAX })) {
    if (line.kind === 'attestation') lives.push(lifeJson(line.life));
    else if (line.kind === 'hour') hours.push(hourJson(line.sums));
    else if (line.kind === 'omitted') more = line.rows;
    else if (line.kind === 'totals') totals = totalsJson(line.totals);
  }
  return { lives: lives.reverse(), hours: hours.reverse(), totals, more };
};
