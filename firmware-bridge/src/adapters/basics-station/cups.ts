import { fail, fault, ok, type Result } from '@outpost/schemas/words';

/** Where stations ask for their settings; the port answers it over HTTP. */
export const UPDATE_PATH = '/update-info';

/** What a station is given. Programs, which it would run, are never sent from here. */
export interface Update {
  /** Empty: stays as it is. */
  readonly cupsUri: string;
  readonly tcUri: string;
  /** Trust, certificate and key one after the other; empty: stay as they are. */
  readonly cupsCredentials: Uint8Array;
  readonly tcCredentials: Uint8Array;
}

const NOTHING = new Uint8Array(0);
export const NO_UPDATE: Update = {
  cupsUri: '',
  tcUri: '',
  cupsCredentials: NOTHING,
  tcCredentials: NOTHING,
};

/** The lengths of the signature and of the program (u32 each): there is none. */
const PROGRAM_BYTES = 4 + 4;
const URI_MAX_BYTES = 255;
export const CREDENTIALS_MAX_BYTES = 0xff_ff;

const uriBytes = (uri: string): Uint8Array => {
  const bytes = new TextEncoder().encode(uri);
  if (bytes.length > URI_MAX_BYTES) throw new Error(`An address of ${bytes.length} B cannot be written.`);
  return bytes;
};

/** The answer to `/update-info` (doc.sm.tc/station/cupsproto.html): 14 zero bytes where there is nothing new. */
export const writeUpdate = (update: Update): Uint8Array => {
  const parts = [
    { bytes: uriBytes(update.cupsUri), lengthBytes: 1 },
    { bytes: uriBytes(update.tcUri), lengthBytes: 1 },
    { bytes: update.cupsCredentials, lengthBytes: 2 },
    { bytes: update.tcCredentials, lengthBytes: 2 },
  ];
  const length = parts.reduce(
    (sum, { bytes, lengthBytes }) => sum + lengthBytes + bytes.length,
    PROGRAM_BYTES,
  );
  const answer = new Uint8Array(length);
  let at = 0;
  for (const { bytes, lengthBytes } of parts) {
    if (bytes.length >= 2 ** (8 * lengthBytes)) throw new Error(`${bytes.length} B cannot be written.`);
    answer[at] = bytes.length & 0xff;
    if (lengthBytes === 2) answer[at + 1] = bytes.length >> 8;
    answer.set(bytes, at + lengthBytes);
    at += lengthBytes + bytes.length;
  }
  return answer;
};

/** For whoever plays a station. A fault is `malformed`, also where a program is given. */
export const readUpdate = (bytes: Uint8Array): Result<Update> => {
  let at = 0;
  const part = (lengthBytes: 1 | 2): Uint8Array => {
    const length = (bytes[at] ?? 0) | (lengthBytes === 2 ? (bytes[at + 1] ?? 0) << 8 : 0);
    const start = at + lengthBytes;
    at = start + length;
    return bytes.slice(start, at);
  };
  const text = (): string => new TextDecoder().decode(part(1));
  const update = { cupsUri: text(), tcUri: text(), cupsCredentials: part(2), tcCredentials: part(2) };
  const rest = bytes.subarray(at);
  if (rest.length === PROGRAM_BYTES && rest.every((byte) => byte === 0)) return ok(update);
  return fail(
    fault(
      'malformed',
      'basics-station.update',
      'message',
      'is no update of addresses and credentials alone.',
    ),
  );
};
