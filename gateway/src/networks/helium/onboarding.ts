import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import { fromBase58 } from './base58.ts';
import type { HeliumSigner } from './gateway-keys.ts';
import { type HeliumKey, keyBytes, readAddress } from './keys.ts';
import { encode, encodeChoice, type Field } from './wire.ts';

const field = <T extends Field['type']>(number: number, type: T): { number: number; type: T } => ({
  number,
  type,
});

/** `blockchain_txn_add_gateway_v1` (helium/proto, Apache-2.0). */
export const ADD_GATEWAY = {
  owner: field(1, 'bytes'),
  gateway: field(2, 'bytes'),
  ownerSignature: field(3, 'bytes'),
  gatewaySignature: field(4, 'bytes'),
  payer: field(5, 'bytes'),
  payerSignature: field(6, 'bytes'),
  stakingFee: field(7, 'uint64'),
  fee: field(8, 'uint64'),
} as const;

/** `blockchain_txn`: which transaction it is. */
export const TXN_ADD_GATEWAY = 1;

const NONE = new Uint8Array(0);
const SOLANA_BYTES = 32;

/** An account of a wallet: an address of Helium, or one of Solana, which is a bare Ed25519 key. */
export const readAccount = (text: string): Result<HeliumKey> => {
  const address = readAddress(text);
  if (address.ok) return address;
  const key = fromBase58(text);
  if (key?.length === SOLANA_BYTES) return ok({ network: 'mainnet', kind: 'ed25519', key });
  const words = 'is no address of a wallet, neither of Solana nor of Helium; copy it again.';
  return fail(fault('misconfigured', 'helium.account', text.slice(0, 64), words));
};

/**
 * The transaction by which a gateway joins, signed by the gateway; owner and payer sign it in their wallets. Fees are
 * left to the chain, as gateway-rs leaves them. Needs no network.
 */
export const addGatewayTransaction = (
  gateway: HeliumSigner,
  owner: HeliumKey,
  payer: HeliumKey,
): Uint8Array => {
  const transaction = {
    owner: keyBytes(owner),
    gateway: gateway.key,
    ownerSignature: NONE,
    gatewaySignature: NONE,
    payer: keyBytes(payer),
    payerSignature: NONE,
    stakingFee: 0n,
    fee: 0n,
  };
  const gatewaySignature = gateway.sign(encode(ADD_GATEWAY, transaction));
  return encodeChoice(TXN_ADD_GATEWAY, encode(ADD_GATEWAY, { ...transaction, gatewaySignature }));
};
