import { equalBytes } from '../words/index.ts';
import { HASH_BYTES, type Hash, sha256 } from './hash.ts';

const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;
/** Of most leaves. */
const SCRATCH_BYTES = 256;

/** Leaves of one tree, which is also the largest batch. */
export const TREE_LEAVES_MAX = 65_536;

/** SHA-256(0x00 ‖ leaf) of each leaf, RFC 9162 §2.1.1. */
export const leafHashes = (leaves: readonly Uint8Array[], hash: Hash = sha256): Uint8Array[] => {
  let room = new Uint8Array(1 + SCRATCH_BYTES);
  return leaves.map((leaf) => {
    if (1 + leaf.length > room.length) room = new Uint8Array(1 + leaf.length);
    room[0] = LEAF_PREFIX;
    room.set(leaf, 1);
    return hash(room.subarray(0, 1 + leaf.length));
  });
};

export const leafHash = (leaf: Uint8Array, hash: Hash = sha256): Uint8Array => {
  const input = new Uint8Array(1 + leaf.length);
  input[0] = LEAF_PREFIX;
  input.set(leaf, 1);
  return hash(input);
};

type Join = (left: Uint8Array, right: Uint8Array) => Uint8Array;

/** SHA-256(0x01 ‖ left ‖ right), RFC 9162 §2.1.1, in one piece of memory for all of a tree. */
const nodeHasher = (hash: Hash): Join => {
  const room = new Uint8Array(1 + 2 * HASH_BYTES);
  room[0] = NODE_PREFIX;
  return (left, right) => {
    room.set(left, 1);
    room.set(right, 1 + HASH_BYTES);
    return hash(room);
  };
};

/**
 * One level up: neighbours are joined, a last odd one rises as it is. Repeated to one node this is the Merkle
 * tree hash of RFC 9162 §2.1.1, whose left part is always the largest power of two.
 */
const levelAbove = (level: readonly Uint8Array[], join: Join): Uint8Array[] => {
  const above: Uint8Array[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const [left, right] = [level[i], level[i + 1]];
    if (left === undefined) break;
    above.push(right === undefined ? left : join(left, right));
  }
  return above;
};

/** The root over the leaves' hashes in order. The root of no leaves is the hash of nothing. */
export const treeRoot = (hashes: readonly Uint8Array[], hash: Hash = sha256): Uint8Array => {
  if (hashes.length > TREE_LEAVES_MAX) throw new RangeError(`a tree has at most ${TREE_LEAVES_MAX} leaves`);
  const join = nodeHasher(hash);
  let level = hashes;
  while (level.length > 1) level = levelAbove(level, join);
  return level[0] ?? hash(new Uint8Array(0));
};

/** The inclusion path of leaf `index`, nearest first (RFC 9162 §2.1.3.1). */
export const inclusionPath = (
  hashes: readonly Uint8Array[],
  index: number,
  hash: Hash = sha256,
): Uint8Array[] => {
  if (!Number.isInteger(index) || index < 0 || index >= hashes.length) {
    throw new RangeError(`there is no leaf ${index} among ${hashes.length}`);
  }
  const path: Uint8Array[] = [];
  const join = nodeHasher(hash);
  let level = hashes;
  for (let at = index; level.length > 1; at >>>= 1) {
    const sibling = level[at ^ 1];
    if (sibling !== undefined) path.push(sibling);
    level = levelAbove(level, join);
  }
  return path;
};

/**
 * The root that a leaf's hash and its path lead to in a tree of `size` leaves; undefined where size, index and
 * the number of path elements do not fit each other (RFC 9162 §2.1.3.2), so a path has exactly one length.
 */
export const rootFromPath = (
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
  hash: Hash = sha256,
): Uint8Array | undefined => {
  if (!Number.isInteger(index) || !Number.isInteger(size)) return undefined;
  if (index < 0 || index >= size || size > TREE_LEAVES_MAX) return undefined;
  const join = nodeHasher(hash);
  let node = leaf;
  let used = 0;
  for (let [at, last] = [index, size - 1]; last > 0; at >>>= 1, last >>>= 1) {
    if ((at & 1) === 0 && at === last) continue;
    const sibling = path[used];
    if (sibling === undefined || sibling.length !== HASH_BYTES) return undefined;
    used += 1;
    node = (at & 1) === 1 ? join(sibling, node) : join(node, sibling);
  }
  return used === path.length ? node : undefined;
};

export const verifyInclusion = (
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
  root: Uint8Array,
  hash: Hash = sha256,
): boolean => {
  const found = rootFromPath(leaf, index, size, path, hash);
  return found !== undefined && equalBytes(found, root);
};
