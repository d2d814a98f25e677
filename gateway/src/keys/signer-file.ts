import { ok, type Result } from '@outpost/schemas/words';
import { type KeyDisk, keyDisk } from './key-disk.ts';
import { createSeedFile, type KeyKind, newSeed, readSeedFile } from './seed-file.ts';
import { platformSigner, publicKeyOf, type Signer } from './signer.ts';

/**
 * The one key in a file of its own, made where there is none; for programs that have no ring. Its directory must be
 * there. Faults are `misconfigured`, as with every key file.
 */
export const openSigner = async (
  path: string,
  kind: KeyKind,
  disk: KeyDisk = keyDisk(),
): Promise<Result<Signer>> => {
  const found = await readSeedFile(path);
  if (!found.ok) return found;
  if (found.value !== undefined) return ok(platformSigner(found.value.seed));
  const seed = await newSeed();
  const created = await createSeedFile(disk, path, { kind, seed, publicKey: publicKeyOf(seed) });
  return created.ok ? ok(platformSigner(seed)) : created;
};
