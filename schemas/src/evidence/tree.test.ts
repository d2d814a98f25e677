import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concatBytes, fromHex, toHex } from '../words/index.ts';
import { inclusionPath, leafHash, leafHashes, rootFromPath, treeRoot, verifyInclusion } from './tree.ts';

const sha = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(
    createHash('sha256')
      .update(concatBytes(...parts))
      .digest(),
  );

/** RFC 9162 §2.1.1, word for word: the recursive definition, over the leaves themselves. */
const treeHash = (leaves: readonly Uint8Array[]): Uint8Array => {
  if (leaves.length === 0) return sha();
  if (leaves.length === 1) return sha(Uint8Array.of(0), leaves[0]!);
  let k = 1;
  while (2 * k < leaves.length) k *= 2;
  return sha(Uint8Array.of(1), treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k)));
};

const leavesOf = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => Uint8Array.of(i, i >> 8, 7));

/** The leaves by which implementations of Certificate Transparency check themselves. */
const CT_LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const CT_ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

test('the roots of the Certificate Transparency test tree are reproduced', () => {
  const hashes = leafHashes(CT_LEAVES.map((leaf) => fromHex(leaf)!));
  expect(CT_ROOTS.map((_, i) => toHex(treeRoot(hashes.slice(0, i + 1))))).toEqual(CT_ROOTS);
  expect(toHex(treeRoot([]))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

test('roots equal the recursive definition for every size up to 70 and some larger', () => {
  for (const size of [...Array(71).keys(), 255, 256, 257, 1_000]) {
    const leaves = leavesOf(size);
    expect(toHex(treeRoot(leafHashes(leaves)))).toBe(toHex(treeHash(leaves)));
  }
});

test('every leaf of every tree up to 40 leaves has a path that proves it, and it alone', () => {
  for (let size = 1; size <= 40; size += 1) {
    const hashes = leafHashes(leavesOf(size));
    const root = treeRoot(hashes);
    for (let index = 0; index < size; index += 1) {
      const path = inclusionPath(hashes, index);
      expect(verifyInclusion(hashes[index]!, index, size, path, root)).toBe(true);
      expect(verifyInclusion(hashes[(index + 1) % size]!, index, size, path, root)).toBe(size === 1);
    }
  }
});

test('a path fits one index and one size, and has one length', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 64 }), fc.nat(), fc.nat(), fc.nat(), (size, a, b, other) => {
      const hashes = leafHashes(leavesOf(size));
      const root = treeRoot(hashes);
      const index = a % size;
      const path = inclusionPath(hashes, index);
      const leaf = hashes[index]!;
      const wrongIndex = b % size;
      if (wrongIndex !== index) expect(verifyInclusion(leaf, wrongIndex, size, path, root)).toBe(false);
      expect(verifyInclusion(leaf, index, size, [...path, hashes[other % size]!], root)).toBe(false);
      expect(verifyInclusion(leaf, index, size, path.slice(1), root)).toBe(false);
      expect(rootFromPath(leaf, size, size, path)).toBeUndefined();
      expect(rootFromPath(leaf, -1, size, path)).toBeUndefined();
      expect(rootFromPath(leaf, index, size, [path[0]!.subarray(1), ...path.slice(1)])).toBeUndefined();
    }),
  );
});

test('leaves and nodes are told apart', () => {
  const hashes = leafHashes(leavesOf(2));
  expect(toHex(leafHash(concatBytes(...hashes)))).not.toBe(toHex(treeRoot(hashes)));
  expect(leafHashes(leavesOf(3))).toEqual(leavesOf(3).map((leaf) => leafHash(leaf)));
});

test('a path is asked for a leaf that is there, of a tree that is not too large', () => {
  expect(() => inclusionPath(leafHashes(leavesOf(3)), 3)).toThrow(RangeError);
  expect(() => treeRoot(new Array<Uint8Array>(65_537).fill(new Uint8Array(32)))).toThrow(RangeError);
});
