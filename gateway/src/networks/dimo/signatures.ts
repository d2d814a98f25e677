import { asciiBytes, concatBytes, fromHex, toHex } from '@outpost/schemas/words';
import { keccak256 } from './keccak.ts';
import { recoverKey, signDigest, uncompressedKeyOf } from './secp256k1.ts';

// DIMO signs in three ways that do not fit each other. What is signed are always the bytes of `data` as they stand in
// the JSON text; nothing of the envelope (subject, time, id) is signed.

/** Device to cloud, fingerprints: Keccak-256 of the bytes, no prefix. */
export const plainDigest = (data: Uint8Array): Uint8Array => keccak256(data);

/** Attestations: ERC-191 version 0x45. */
export const erc191Digest = (data: Uint8Array): Uint8Array =>
  keccak256(concatBytes(asciiBytes(`\u0019Ethereum Signed Message:\n${data.length}`), data));

/** A static member of an EIP-712 struct: numbers and addresses only, which is all that pairing needs. */
export interface TypedMember {
  readonly name: string;
  readonly type: 'uint256' | 'address';
  /** An address as the number that its 20 bytes are. */
  readonly value: bigint;
}

export interface TypedDomain {
  readonly name: string;
  readonly version: string;
  readonly chainId: bigint;
  /** 0x and 40 hex digits. */
  readonly verifyingContract: string;
}

/** Big-endian, 32 bytes; throws on what does not fit. */
const word = (value: bigint): Uint8Array => {
  if (value < 0n || value >= 2n ** 256n) throw new RangeError('A word of EIP-712 has 256 bits.');
  return fromHex(value.toString(16).padStart(64, '0'))!;
};
const textHash = (text: string): Uint8Array => keccak256(new TextEncoder().encode(text));

const DOMAIN_TYPE = 'EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)';

/** The separator of a domain (EIP-712, "Definition of domainSeparator"). */
export const domainSeparator = (domain: TypedDomain): Uint8Array =>
  keccak256(
    concatBytes(
      textHash(DOMAIN_TYPE),
      textHash(domain.name),
      textHash(domain.version),
      word(domain.chainId),
      word(BigInt(domain.verifyingContract)),
    ),
  );

/** On chain, claims and pairings: EIP-712 of a flat struct. */
export const eip712Digest = (
  domain: TypedDomain,
  struct: string,
  members: readonly TypedMember[],
): Uint8Array => {
  const type = `${struct}(${members.map(({ type, name }) => `${type} ${name}`).join(',')})`;
  const hash = keccak256(concatBytes(textHash(type), ...members.map(({ value }) => word(value))));
  return keccak256(concatBytes(Uint8Array.of(0x19, 0x01), domainSeparator(domain), hash));
};

/** DIMO's domain on Polygon (chain 137): the contract is DIMORegistry. */
export const DIMO_POLYGON: TypedDomain = {
  name: 'DIMO',
  version: '1',
  chainId: 137n,
  verifyingContract: '0xFA8beC73cebB9D88FF88a2f75E7D7312f2Fd39EC',
};

/** An address with the capitals that are its checksum (EIP-55); undefined where the text is no address. */
export const checksummed = (address: string): string | undefined => {
  if (!/^0x[0-9a-fA-F]{40}$/.test(address)) return undefined;
  const digits = address.slice(2).toLowerCase();
  const hash = toHex(keccak256(asciiBytes(digits)));
  const cased = [...digits].map((digit, i) => (hash.charAt(i) >= '8' ? digit.toUpperCase() : digit));
  return `0x${cased.join('')}`;
};

const addressOfKey = (key: Uint8Array): string => checksummed(`0x${toHex(keccak256(key).slice(12))}`)!;

/** The address of a secret scalar, 32 bytes; throws where it is out of range. */
export const addressOfSecret = (scalar: Uint8Array): string => addressOfKey(uncompressedKeyOf(scalar));

/** Who signed; undefined where the 65 bytes are no signature or v is neither 27 nor 28. Never throws. */
export const signerOf = (digest: Uint8Array, signature: Uint8Array): string | undefined => {
  const key = recoverKey(digest, signature);
  return key === undefined ? undefined : addressOfKey(key);
};

/** `signature` as the envelope carries it: 0x and 130 hex digits. */
export const signatureText = (digest: Uint8Array, scalar: Uint8Array): string =>
  `0x${toHex(signDigest(digest, scalar))}`;
