import { type Redecode, readAttestation, type Statement, type Verify } from '@outpost/schemas/evidence';
import type { StreamId, WallNs } from '@outpost/schemas/words';
import { deliveryOf } from '../deliver/live-delivery.ts';
import { waitingOf } from '../deliver/waiting.ts';
import { platformHash } from '../hash.ts';
import type { Journal, Offset } from '../journal/contract.ts';
import { platformVerifier } from '../keys/index.ts';
import type { Delivery, Prediction } from '../networks/contract.ts';
import type { Placed } from '../trips/stream-readings.ts';
import { openDoubts } from './doubts.ts';
import type { LedgerNetwork } from './networks.ts';

/** Says what a network will make of something, before it sees it. */
export interface Predictor {
  /**
   * Of the attestation at that place; undefined where nothing can be said of that network. Attestations must be asked
   * for in the order in which they were made.
   */
  predict(attestation: Offset, network: string): Promise<Prediction | undefined>;
  /**
   * Of a single reading; undefined where that network is not sent it, or nothing can be said of that network.
   * @param isWaiting it is still to be sent, so that it also counts how old it is
   */
  reading(placed: Placed, network: string, isWaiting: boolean): Prediction | undefined;
}

export interface PredictorParts {
  readonly journal: Pick<Journal, 'read'>;
  readonly networks: readonly LedgerNetwork[];
  readonly keyRecords: readonly Uint8Array[];
  readonly redecode: Redecode | undefined;
  readonly verify?: Verify;
  readonly now: WallNs;
}

interface Looked {
  readonly at: Offset;
  readonly delivery: Delivery;
  readonly before: Uint8Array | undefined;
  readonly doubts: readonly string[];
}

/** A network that only counts signatures takes what a careful one would doubt: then nobody can be sure. */
const doubted = (prediction: Prediction, [doubt]: readonly string[]): Prediction =>
  doubt === undefined || prediction.expect !== 'accepted'
    ? prediction
    : { ...prediction, expect: 'unsure', words: `${prediction.words} But ${doubt}` };

const statementOf = (attestation: Uint8Array): Statement | undefined => {
  const read = readAttestation(attestation);
  return read.ok ? read.value.statement : undefined;
};

export const openPredictor = ({
  journal,
  networks,
  keyRecords,
  redecode,
  verify = platformVerifier(),
  now,
}: PredictorParts): Predictor => {
  const doubts = openDoubts();
  /** The last attestation of each stream. */
  const last = new Map<StreamId, Uint8Array>();
  let looked: Looked | undefined;

  const look = async (at: Offset): Promise<Looked | undefined> => {
    if (looked?.at === at) return looked;
    for await (const entry of journal.read(at, (at + 1n) as Offset)) {
      const waiting = await waitingOf({ journal, hash: platformHash }, entry);
      if (waiting === undefined) return undefined;
      const { item: delivery } = waiting;
      const statement = statementOf(delivery.attestation);
      const found = statement === undefined ? [] : doubts.take(statement, delivery.leaves);
      looked = { at, delivery, before: last.get(delivery.stream), doubts: found };
      last.set(delivery.stream, delivery.attestation.slice());
      return looked;
    }
    return undefined;
  };

  return {
    async predict(attestation, network) {
      const { kind, config } = networks.find(({ name }) => name === network) ?? {};
      if (kind?.predict === undefined || config === undefined) return undefined;
      const found = await look(attestation);
      if (found === undefined) return undefined;
      const { delivery, before } = found;
      const context = { keyRecords, before, verify, redecode, now: undefined };
      const predicted = kind.predict(config, { of: 'attestation', delivery }, context);
      return predicted === undefined ? undefined : doubted(predicted, found.doubts);
    },
    reading(placed, network, isWaiting) {
      const { kind, config } = networks.find(({ name }) => name === network) ?? {};
      if (kind?.predict === undefined || config === undefined) return undefined;
      const context = { keyRecords, before: undefined, verify, redecode, now: isWaiting ? now : undefined };
      return kind.predict(config, { of: 'reading', delivery: deliveryOf(placed) }, context);
    },
  };
};
