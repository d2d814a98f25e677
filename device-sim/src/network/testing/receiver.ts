/**
 * The receiving end of the network `outpost`, written from docs/networks/outpost.md and docs/evidence.md alone, with
 * nothing but Node and a CBOR library that its caller brings: what somebody else would write. It shares no line with this project's own.
 */
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

type Bytes = Uint8Array;
type Verdict = readonly [1, Bytes] | readonly [2, string, string] | readonly [3, number, string, string];

const hex = (bytes: Bytes): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const same = (a: Bytes, b: Bytes): boolean => hex(a) === hex(b);
const sha256 = (...parts: readonly Bytes[]): Bytes => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
};

/** A library of somebody else's for CBOR, with maps as Map. */
export interface Cbor {
  write(value: unknown): Bytes;
  read(bytes: Bytes): unknown;
}

/** evidence.md §4: a tagged COSE_Sign1. */
interface Signed {
  readonly header: ReadonlyMap<number, unknown>;
  readonly key: Bytes;
  readonly type: unknown;
  readonly payload: Bytes;
  readonly holds: boolean;
}

const publicKey = (key: Bytes): KeyObject => {
  const x = btoa(String.fromCharCode(...key))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
};

const toBeSigned = ({ write }: Cbor, header: Bytes, payload: Bytes): Bytes =>
  write(['Signature1', header, new Uint8Array(0), payload]);

const COSE_SIGN1 = 0xd2;

const openSigned = (cbor: Cbor, bytes: Bytes): Signed => {
  if (bytes[0] !== COSE_SIGN1) throw new Error('no COSE_Sign1');
  const [protectedHeader, , payload, signature] = cbor.read(bytes.subarray(1)) as [
    Bytes,
    unknown,
    Bytes,
    Bytes,
  ];
  const header = cbor.read(protectedHeader) as ReadonlyMap<number, unknown>;
  const key = header.get(4) as Bytes;
  const holds =
    header.get(1) === -19 &&
    verify(null, toBeSigned(cbor, protectedHeader, payload), publicKey(key), signature);
  return { header, key, type: header.get(16), payload, holds };
};

const typeOf = (what: string): string => `application/vnd.outpost.${what}+cose`;

/** evidence.md §3. */
const root = (hashes: readonly Bytes[]): Bytes => {
  const [first] = hashes;
  if (hashes.length === 1 && first !== undefined) return first;
  let left = 1;
  while (left * 2 < hashes.length) left *= 2;
  return sha256(Uint8Array.of(1), root(hashes.slice(0, left)), root(hashes.slice(left)));
};

const treeOf = (leaves: readonly Bytes[]): Bytes =>
  root(leaves.map((leaf) => sha256(Uint8Array.of(0), leaf)));

type Head = readonly [epoch: Bytes, counter: number, hash: Bytes];

export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly publicKey: Bytes;
  /** Attestations accepted for the first time, by the hex of their hash. */
  readonly paid: ReadonlyMap<string, number>;
  readonly requests: () => number;
  /** Answers this many requests with 503 from now on. */
  busyFor(requests: number, retryAfterS: number): void;
  /** Loses every key record, as a network that is set up anew. */
  forgetKeys(): void;
}

const DELIVERY = 'application/vnd.outpost.delivery+cbor';
const VERDICT = 'application/vnd.outpost.verdict+cbor';
const BODY_MAX = 4 * 1024 * 1024;
const NOW_NS = 1_700_000_000_000_000_000n;

const bodyOf = async (request: IncomingMessage): Promise<Bytes | undefined> => {
  const chunks: Bytes[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Bytes).length;
    if (length <= BODY_MAX) chunks.push(chunk as Bytes);
  }
  if (length > BODY_MAX) return undefined;
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
};

const newBook = (cbor: Cbor, sealReceipt: (fields: ReadonlyMap<number, unknown>) => Bytes) => {
  /** Which gateway vouches for which device key, of which device (evidence.md §7). */
  const endorsed = new Map<string, { gateway: string; device: string; kind: unknown }>();
  const heads = new Map<string, Head>();
  const answered = new Map<string, Verdict>();
  const paid = new Map<string, number>();

  const takeRecord = (bytes: Bytes): void => {
    const record = openSigned(cbor, bytes);
    if (!record.holds || record.type !== typeOf('key-endorsement')) return;
    const fields = cbor.read(record.payload) as ReadonlyMap<number, unknown>;
    const [deviceKey, device, kind] = [fields.get(5) as Bytes, fields.get(6) as string, fields.get(7)];
    endorsed.set(hex(deviceKey), { gateway: hex(record.key), device, kind });
  };

  const judge = (bytes: Bytes, leaves: readonly Bytes[]): Verdict => {
    const signed = openSigned(cbor, bytes);
    if (!signed.holds || signed.type !== typeOf('attestation'))
      return [2, 'bad-signature', 'Nobody signed it.'];
    const statement = signed.header.get(-70001) as ReadonlyMap<number, unknown>;
    const [gateway, stream] = [statement.get(2) as Bytes, statement.get(4) as string];
    const known = endorsed.get(hex(signed.key));
    if (known === undefined) return [3, 0, 'records-wanted', 'Who is that?'];
    const fits = known.gateway === hex(gateway) && known.kind === statement.get(3);
    if (!fits || !stream.startsWith(`${known.device}/`))
      return [2, 'not-endorsed', 'Another device, or another box.'];
    const own: Head = [statement.get(5) as Bytes, Number(statement.get(7)), sha256(bytes)];
    const name = `${hex(signed.key)} ${stream}`;
    const before = heads.get(name);
    const previous = statement.get(8);
    const parent = previous instanceof Uint8Array ? previous : (previous as Head | null)?.[2];
    heads.set(name, own);
    if (before !== undefined && (parent === undefined || !same(before[2], parent)))
      return [2, 'broken-chain', 'It does not follow the one before.'];
    if (leaves.length !== Number(statement.get(9)) || !same(treeOf(leaves), signed.payload))
      return [2, 'bad-leaves', 'The leaves are not those that were signed.'];
    if (statement.get(14) !== 1) return [2, 'simulated-not-accepted', 'This network wants the real thing.'];
    paid.set(hex(own[2]), (paid.get(hex(own[2])) ?? 0) + 1);
    const receipt = new Map<number, unknown>([
      [1, 1],
      [2, 'a stranger'],
      [3, own[2]],
      [4, signed.key],
      [5, stream],
      [6, NOW_NS],
      [7, []],
      [8, own],
    ]);
    return [1, sealReceipt(receipt)];
  };

  /** The stream an attestation is of, even before it is judged: what comes behind one put off is put off too. */
  const streamOf = (bytes: Bytes): string => {
    const { header, key } = openSigned(cbor, bytes);
    const statement = header.get(-70001) as ReadonlyMap<number, unknown>;
    return `${hex(key)} ${statement.get(4) as string}`;
  };

  const decideAll = (items: readonly (readonly [Bytes, readonly Bytes[]])[]): readonly Verdict[] => {
    const waiting = new Set<string>();
    return items.map(([bytes, leaves]) => {
      const id = hex(sha256(bytes));
      const before = answered.get(id);
      if (before !== undefined) return before;
      const stream = streamOf(bytes);
      if (waiting.has(stream)) return [3, 1_000, 'behind', 'One before it comes first.'];
      const verdict = judge(bytes, leaves);
      if (verdict[0] === 3) waiting.add(stream);
      else answered.set(id, verdict);
      return verdict;
    });
  };

  return { takeRecord, decideAll, paid, forgetKeys: () => endorsed.clear() };
};

type Members = readonly (readonly [number, unknown])[];

/** What a whole request is refused with. */
const refusal = (code: string, words: string): Members => [
  [1, 1],
  [2, code],
  [3, words],
];

/** The network's key, and receipts signed by it. */
const newSealer = (cbor: Cbor) => {
  const { publicKey: pub, privateKey } = generateKeyPairSync('ed25519');
  const { x = '' } = pub.export({ format: 'jwk' });
  const key = Uint8Array.from(atob(x.replaceAll('-', '+').replaceAll('_', '/')), (each) =>
    each.charCodeAt(0),
  );
  const protectedMembers: Members = [
    [1, -19],
    [4, key],
    [16, typeOf('receipt')],
  ];
  const sealReceipt = (fields: ReadonlyMap<number, unknown>): Bytes => {
    const header = cbor.write(new Map(protectedMembers));
    const payload = cbor.write(fields);
    const signature = new Uint8Array(sign(null, toBeSigned(cbor, header, payload), privateKey));
    return Uint8Array.of(COSE_SIGN1, ...cbor.write([header, new Map(), payload, signature]));
  };
  return { key, sealReceipt };
};

interface Busy {
  left: number;
  retryAfterS: number;
}

const answerTo = async (
  cbor: Cbor,
  request: IncomingMessage,
  book: ReturnType<typeof newBook>,
  busy: Busy,
): Promise<readonly [status: number, Members]> => {
  const body = await bodyOf(request);
  if (request.method !== 'POST' || request.url !== '/v1/attestations')
    return [404, refusal('not-found', 'Nothing is here.')];
  if (body === undefined) return [413, refusal('too-large', 'Half of it, please.')];
  if (busy.left > 0) {
    busy.left -= 1;
    return [503, refusal('busy', 'Later.')];
  }
  const delivery = cbor.read(body) as ReadonlyMap<number, unknown>;
  if (request.headers['content-type'] !== DELIVERY || delivery.get(1) !== 1)
    return [400, refusal('version', 'Version 1 only.')];
  for (const record of delivery.get(2) as readonly Bytes[]) book.takeRecord(record);
  const items = delivery.get(3) as readonly (readonly [Bytes, readonly Bytes[]])[];
  return [
    200,
    [
      [1, 1],
      [2, book.decideAll(items)],
    ],
  ];
};

/** Starts a receiver on a free port of this machine. */
export const openReceiver = async (cbor: Cbor): Promise<Receiver> => {
  const { key, sealReceipt } = newSealer(cbor);
  const book = newBook(cbor, sealReceipt);
  const busy: Busy = { left: 0, retryAfterS: 0 };
  let requests = 0;
  const server: Server = createServer((request, response) => {
    requests += 1;
    void answerTo(cbor, request, book, busy).then(([status, members]) => {
      const retry = status === 503 ? { 'retry-after': String(busy.retryAfterS) } : {};
      response.writeHead(status, { 'content-type': VERDICT, ...retry });
      response.end(cbor.write(new Map(members)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    publicKey: key,
    paid: book.paid,
    requests: () => requests,
    busyFor: (left, retryAfterS) => void Object.assign(busy, { left, retryAfterS }),
    forgetKeys: book.forgetKeys,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
