import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openSigner, outpostWire, platformSigner, platformVerifier, type Signer } from '@outpost/gateway';
import type { Redecode } from '@outpost/schemas/evidence';
import { type Clock, elapsedMs, fail, fault, ok, type Result } from '@outpost/schemas/words';
import type { Answer } from './http-exchange.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { type Memory, newMemory } from './memory.ts';
import { faultAt, type NetworkFaults } from './network-faults.ts';
import { decide, newVerdictTally, type VerdictParts, type VerdictTally } from './verdicts.ts';

export interface CoreOptions {
  /** What its receipts call it, 1 to 64 bytes. */
  readonly name: string;
  /** Where its key and its memory are; made, with its parents, where it is not there. */
  readonly stateDirectory: string;
  readonly acceptSimulated: boolean;
  readonly clock: Clock;
  readonly faults: NetworkFaults;
  /** Holds values against their raw frames where given. */
  readonly redecode?: Redecode;
}

/** A network without its socket: bodies in, answers out. */
export interface NetworkCore extends AsyncDisposable {
  readonly publicKey: Uint8Array;
  readonly tally: VerdictTally;
  readonly memory: Memory;
  readonly requests: number;
  /** @param body undefined where it was longer than a request may be. */
  answer(body: Uint8Array | undefined, signal: AbortSignal): Promise<Answer>;
}

/** An answer that takes nothing of the request. */
export const refusalAnswer = (
  status: number,
  code: string,
  words: string,
  more: Pick<Answer, 'headers' | 'last'> = {},
): Answer => ({
  status,
  contentType: outpostWire.VERDICT_TYPE,
  body: outpostWire.encodeRefusal({ code, words }),
  ...more,
});

const unreadable = (body: Uint8Array, words: string): Answer => {
  const version = outpostWire.statedVersion(body);
  if (version === undefined || version === outpostWire.WIRE_VERSION)
    return refusalAnswer(400, 'malformed', words);
  return refusalAnswer(
    400,
    'version',
    `This network speaks version ${outpostWire.WIRE_VERSION}, not ${version}.`,
  );
};

interface Run {
  readonly options: CoreOptions;
  readonly parts: VerdictParts;
  readonly ledger: Ledger;
  readonly impostor: Signer;
  readonly startedAt: ReturnType<Clock['mono']>;
  requests: number;
  items: number;
}

const judged = async (run: Run, delivery: outpostWire.WireDelivery): Promise<Answer> => {
  const { faults, clock } = run.options;
  const elapsed = elapsedMs(run.startedAt, clock.mono());
  const moment = { number: run.requests, elapsedMs: elapsed };
  const before = run.items;
  run.items += delivery.items.length;
  const { verdicts, entries } = decide(
    delivery,
    {
      refusalOf: (index) => faultAt(faults, 'refuse', { number: before + index + 1, elapsedMs: elapsed }),
      impostor: faultAt(faults, 'wrong-key', moment) === undefined ? undefined : run.impostor,
    },
    run.parts,
  );
  await run.ledger.append(entries);
  return {
    status: 200,
    contentType: outpostWire.VERDICT_TYPE,
    body: outpostWire.encodeVerdicts(verdicts),
    cut: faultAt(faults, 'cut', moment) !== undefined,
  };
};

const answerTo = async (run: Run, body: Uint8Array | undefined, signal: AbortSignal): Promise<Answer> => {
  const { faults, clock } = run.options;
  run.requests += 1;
  const moment = { number: run.requests, elapsedMs: elapsedMs(run.startedAt, clock.mono()) };
  const slow = faultAt(faults, 'slow', moment);
  if (slow !== undefined) await clock.sleep(slow.delayMs, signal);
  const busy = faultAt(faults, 'busy', moment);
  if (busy !== undefined) {
    const { retryAfterS } = busy;
    const headers = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };
    return refusalAnswer(503, 'busy', 'The fault script says so.', { headers });
  }
  if (body === undefined) {
    const words = `A request has at most ${outpostWire.REQUEST_MAX_BYTES} bytes.`;
    return refusalAnswer(413, 'too-large', words, { last: true });
  }
  const delivery = outpostWire.decodeDelivery(body);
  return delivery.ok ? await judged(run, delivery.value) : unreadable(body, delivery.fault.words);
};

/** Reads or makes the network's key and its memory. Faults are `misconfigured`. */
export const openNetworkCore = async (options: CoreOptions): Promise<Result<NetworkCore>> => {
  const { stateDirectory, name, clock, acceptSimulated, redecode } = options;
  try {
    await mkdir(stateDirectory, { recursive: true, mode: 0o700 });
  } catch (error) {
    const words = `cannot be made (${(error as NodeJS.ErrnoException).code ?? String(error)}).`;
    return fail(fault('misconfigured', 'sim.state', stateDirectory, words));
  }
  const signer = await openSigner(join(stateDirectory, 'network.seed'), 'file');
  if (!signer.ok) return signer;
  const opened = await openLedger(join(stateDirectory, 'ledger.cbor'));
  if (!opened.ok) return opened;
  const { ledger, entries } = opened.value;
  const verify = platformVerifier();
  const memory = newMemory(verify);
  for (const entry of entries) memory.apply(entry);
  const tally = newVerdictTally();
  const parts = { name, signer: signer.value, clock, verify, redecode, acceptSimulated, memory, tally };
  const impostor = platformSigner(signer.value.sign(signer.value.publicKey).subarray(0, 32));
  const run: Run = { options, parts, ledger, impostor, startedAt: clock.mono(), requests: 0, items: 0 };
  return ok({
    publicKey: signer.value.publicKey,
    tally,
    memory,
    get requests() {
      return run.requests;
    },
    answer: (body, signal) => answerTo(run, body, signal),
    [Symbol.asyncDispose]: () => ledger[Symbol.asyncDispose](),
  });
};
