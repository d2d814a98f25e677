import type { outpostWire } from '@outpost/gateway';
import { readAttestation, sha256, type Verify } from '@outpost/schemas/evidence';
import { toHex } from '@outpost/schemas/words';
import { type Chains, newChains } from './chains.ts';
import { type KeyLogs, newKeyLogs } from './key-logs.ts';
import type { LedgerEntry } from './ledger.ts';

type WireVerdict = outpostWire.WireVerdict;

/** Attestations that a network remembers; what comes beyond is put off. */
export const ATTESTATIONS_MAX = 100_000;

/** Words of a verdict; longer ones are cut. */
const WORDS_MAX_CHARACTERS = 256;

export const refusal = (code: string, words: string): WireVerdict => ({
  kind: 'refused',
  code,
  words: words.slice(0, WORDS_MAX_CHARACTERS),
});

/** What a network knows: a pure fold over the entries of its ledger. */
export interface Memory {
  readonly chains: Chains;
  readonly keys: KeyLogs;
  /** The last word on an attestation; undefined where there is none. */
  answerFor(hash: Uint8Array): WireVerdict | undefined;
  apply(entry: LedgerEntry): void;
}

export const newMemory = (verify: Verify): Memory => {
  const [chains, keys] = [newChains(), newKeyLogs(verify)];
  const answers = new Map<string, WireVerdict>();
  const enter = (bytes: Uint8Array, tainted: boolean): void => {
    const read = readAttestation(bytes);
    if (read.ok) chains.enter({ bytes, statement: read.value.statement, hash: sha256(bytes), tainted });
  };
  return {
    chains,
    keys,
    answerFor: (hash) => answers.get(toHex(hash)),
    apply: (entry) => {
      switch (entry.kind) {
        case 'key-record':
          keys.take(entry.bytes);
          return;
        case 'link':
          enter(entry.attestation, entry.tainted);
          return;
        case 'settled':
          answers.set(toHex(entry.hash), { kind: 'settled', receipt: entry.receipt });
          return;
        case 'refused':
          answers.set(toHex(entry.hash), refusal(entry.code, entry.words));
          return;
      }
    },
  };
};
