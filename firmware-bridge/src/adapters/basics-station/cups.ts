import { fail, fault, ok, type Result } from '@outpost/schemas/words';

/** Where stations ask for their settings; the port answers it over HTTP. */
export const UPDATE_PATH = '/update-info';

/** What a station is given: addresses alone. Keys, and programs that it would run, are never sent from here. */
export interface Update {
  /** Empty: stays as it is. */
  readonly cupsUri: string;
  readonly tcUri: string;
}

/** Both lengths of credentials (u16), of the signature and of the program (u32): nothing of any. */
const REST_BYTES = 2 + 2 + 4 + 4;
const URI_MAX_BYTES = 255;

const uriBytes = (uri: string): Uint8Array => {
  const bytes = new TextEncoder().encode(uri);
  if (bytes.length > URI_MAX_BYTES) throw new Error(`An address of ${bytes.length} B cannot be written.`);
  return bytes;
};

/** The answer to `/update-info` (doc.sm.tc/station/cupsproto.html): 14 zero bytes where there is nothing new. */
export const writeUpdate = ({ cupsUri, tcUri }: Update): Uint8Array => {
  const [cups, tc] = [uriBytes(cupsUri), uriBytes(tcUri)];
  const bytes = new Uint8Array(2 + cups.length + tc.length + REST_BYTES);
  bytes[0] = cups.length;
  bytes.set(cups, 1);
  bytes[1 + cups.length] = tc.length;
  bytes.set(tc, 2 + cups.length);
  return bytes;
};

const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

/** For the simulator. A fault is `malformed`, also where something else than addresses is given. */
export const readUpdate = (bytes: Uint8Array): Result<Update> => {
  const cupsEnd = 1 + (bytes[0] ?? 0);
  const tcEnd = cupsEnd + 1 + (bytes[cupsEnd] ?? 0);
  const rest = bytes.subarray(tcEnd);
  if (rest.length !== REST_BYTES || !isZero(rest)) {
    return fail(fault('malformed', 'basics-station.update', 'message', 'is no update of addresses alone.'));
  }
  const text = (from: number, to: number): string => new TextDecoder().decode(bytes.subarray(from, to));
  return ok({ cupsUri: text(1, cupsEnd), tcUri: text(cupsEnd + 1, tcEnd) });
};
