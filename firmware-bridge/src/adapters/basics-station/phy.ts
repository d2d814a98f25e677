import { concatBytes, fromHex } from '@outpost/schemas/words';
import { readIdentifier } from './identifier.ts';
import { bytesIn, type Members, wholeIn } from './members.ts';

const INT32_MIN = -0x80_00_00_00;
const INT32_MAX = 0x7f_ff_ff_ff;

const little = (value: number, size: 1 | 2 | 4): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value | 0, true);
  return bytes.slice(0, size);
};

const eui = (members: Members, ...names: readonly string[]): Uint8Array | undefined => {
  const text = names.map((name) => readIdentifier(members.get(name))).find((each) => each !== undefined);
  return text === undefined ? undefined : fromHex(text)?.reverse();
};

const joinOf = (members: Members): Uint8Array | undefined => {
  const header = wholeIn(members, 'mhdr', 0, 0xff);
  const [join, device] = [eui(members, 'joineui', 'appeui'), eui(members, 'deveui')];
  const nonce = wholeIn(members, 'devnonce', 0, 0xff_ff);
  const mic = wholeIn(members, 'mic', INT32_MIN, INT32_MAX);
  if (header === undefined || join === undefined || device === undefined) return undefined;
  if (nonce === undefined || mic === undefined) return undefined;
  return concatBytes(little(header, 1), join, device, little(nonce, 2), little(mic, 4));
};

const NO_PORT = -1;

const dataOf = (members: Members): Uint8Array | undefined => {
  const header = wholeIn(members, 'mhdr', 0, 0xff);
  const address = wholeIn(members, 'devaddr', INT32_MIN, INT32_MAX);
  const control = wholeIn(members, 'fctrl', 0, 0xff);
  const count = wholeIn(members, 'fcnt', 0, 0xff_ff);
  const options = bytesIn(members, 'fopts');
  const port = wholeIn(members, 'fport', NO_PORT, 0xff);
  const payload = bytesIn(members, 'frmpayload');
  const mic = wholeIn(members, 'mic', INT32_MIN, INT32_MAX);
  if (header === undefined || address === undefined || control === undefined || count === undefined) {
    return undefined;
  }
  if (options === undefined || port === undefined || payload === undefined || mic === undefined)
    return undefined;
  if (options.length !== (control & 0x0f) || (port === NO_PORT && payload.length > 0)) return undefined;
  return concatBytes(
    little(header, 1),
    little(address, 4),
    little(control, 1),
    little(count, 2),
    options,
    port === NO_PORT ? new Uint8Array() : little(port, 1),
    payload,
    little(mic, 4),
  );
};

/** Puts the frame together again that a station took apart; undefined where a part is missing or does not fit. */
export const phyOf = (type: string, members: Members): Uint8Array | undefined => {
  if (type === 'jreq' || type === 'rejoin') return joinOf(members);
  if (type === 'updf' || type === 'dndf') return dataOf(members);
  const whole = bytesIn(members, 'frmpayload');
  return whole === undefined || whole.length === 0 ? undefined : whole;
};
