import { ADAPTER_NAMES, loadAdapter } from '@outpost/firmware-bridge';
import { openVerification, type Report, type VerifyOptions } from '@outpost/schemas/evidence';
import { type Body, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { evidenceItems } from '../evidence-items.ts';
import { platformHash } from '../hash.ts';
import { platformVerifier, readKey } from '../keys/index.ts';
import { EXIT } from './context.ts';

/** The exit code that belongs to a verdict about evidence. */
export const VERDICT_CODES: Readonly<Record<Report['verdict'], number>> = {
  holds: EXIT.done,
  fails: EXIT.failed,
  unidentified: EXIT.unidentified,
};

/** Keys as they were given to `option`, each as text or as a file that holds it. */
export const readKeys = async (
  given: readonly string[],
  option: string,
): Promise<Result<readonly Uint8Array[]>> => {
  const keys: Uint8Array[] = [];
  for (const each of given) {
    const key = await readKey(each, option);
    if (!key.ok) return key;
    keys.push(key.value);
  }
  return ok(keys);
};

/** Evidence does not name adapters; a frame of one is none to the others, so asking all is as strict as asking one. */
const redecodersOf = async (
  name: string,
): Promise<readonly ((raw: Uint8Array) => readonly Body[])[] | undefined> => {
  if (name === 'none') return [];
  if (name !== 'auto' && !ADAPTER_NAMES.includes(name)) return undefined;
  const modules = await Promise.all((name === 'auto' ? ADAPTER_NAMES : [name]).map(loadAdapter));
  return modules.flatMap((each) => (each?.redecode === undefined ? [] : [each.redecode]));
};

/** What a verification needs of this platform; `adapter` is a name, `auto` or `none`. */
export const verifyParts = async (adapter: string): Promise<Result<VerifyOptions>> => {
  const adapters = await redecodersOf(adapter);
  if (adapters === undefined) {
    const words = `there is no adapter of that name; there are ${ADAPTER_NAMES.join(', ')}, auto and none.`;
    return fail(fault('misconfigured', 'verify.adapter', adapter, words));
  }
  const redecode = (_: string, raw: Uint8Array): readonly Body[] => adapters.flatMap((again) => again(raw));
  return ok({
    ...(adapters.length === 0 ? {} : { redecode }),
    hash: platformHash,
    verify: platformVerifier(),
  });
};

/** Reads the file as it comes and judges it; memory does not grow with the readings in it. */
export const verifyFile = async (
  file: string,
  options: VerifyOptions,
  signal: AbortSignal,
): Promise<Result<Report>> => {
  const verification = openVerification(options);
  try {
    for await (const item of evidenceItems(file, signal)) verification.take(item);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    return fail(fault('unreachable', 'verify.read', file, `cannot be read: ${(error as Error).message}.`));
  }
  return ok(verification.finish());
};
