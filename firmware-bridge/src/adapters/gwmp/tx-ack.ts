import { ok, type Result } from '@outpost/schemas/words';
import { malformed } from './datagram.ts';
import { besides, isMembers, type Members, readMembers, type Scale, textIn } from './members.ts';

/** What became of a transmission; nothing at all means that it was taken. */
export interface TxAck {
  /** `TOO_LATE`, `COLLISION_PACKET`, …; undefined where there was none. */
  readonly error: string | undefined;
  /** It is sent, and not as it was asked for: `TX_POWER`. */
  readonly warning: string | undefined;
  /** dBm that are used instead. */
  readonly powerDbm: number | undefined;
  /** Counter at which it is sent; only Helium's forwarder says it. */
  readonly tmst: number | undefined;
}

export const TAKEN: TxAck = { error: undefined, warning: undefined, powerDbm: undefined, tmst: undefined };

const COUNTER: Scale = { factor: 1, min: 0, max: 0xffff_ffff };
const DBM: Scale = { factor: 1, min: -128, max: 127 };

/** The errors of PROTOCOL.md §5.2 and those that Helium adds are all such words. */
const WORD = /^[A-Z][A-Z0-9_]{0,31}$/;

const wordIn = (members: Members, name: string): string | undefined => {
  const word = textIn(members, name)?.trim().toUpperCase();
  if (word === undefined || word === '' || word === 'NONE') return undefined;
  return WORD.test(word) ? word : 'UNKNOWN';
};

/** @param json what stands after the EUI, without its tail. A fault where that is not what the protocol says. */
export const readTxAck = (json: Uint8Array): Result<TxAck> => {
  if (json.length === 0) return ok(TAKEN);
  const members = readMembers(json);
  if (!members.ok) return members;
  const ack = members.value['txpk_ack'];
  if (ack === undefined || ack === null) return ok(TAKEN);
  if (!isMembers(ack)) return malformed('tx-ack', 'an answer to a transmission is no object.');
  return ok({
    error: wordIn(ack, 'error'),
    warning: wordIn(ack, 'warn'),
    powerDbm: besides(ack, 'value', DBM),
    tmst: besides(ack, 'tmst', COUNTER),
  });
};

/** For the simulator; undefined where there is nothing to say, as the reference forwarder does it. */
export const writeTxAck = ({ error, warning, powerDbm, tmst }: TxAck): Members | undefined =>
  error === undefined && warning === undefined && tmst === undefined
    ? undefined
    : { txpk_ack: { error: error ?? 'NONE', warn: warning, value: powerDbm, tmst } };
