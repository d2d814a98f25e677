import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { FoundSerial, UsbIdentity } from './found.ts';
import { guessWords, judgeUsb, type UsbVerdict } from './usb-ids.ts';

/** Where the kernel shows its devices; a test shows another tree. */
export interface SerialPlaces {
  readonly sys: string;
  readonly dev: string;
  readonly proc: string;
}

/** A machine with more serial lines than this gets the first ones, by name. */
const LINES_MAX = 256;

/** From a tty's device directory up to the USB device there are at most this many steps. */
const PARENTS_MAX = 6;

const BAUD_DEFAULT = 38_400;

/** ttyUSB10 stands behind ttyUSB2. */
const BY_NUMBER = new Intl.Collator('en', { numeric: true });

const listed = async (directory: string): Promise<readonly string[]> => {
  try {
    return (await readdir(directory)).sort(BY_NUMBER.compare);
  } catch {
    return [];
  }
};

const line = async (file: string): Promise<string | undefined> => {
  try {
    const text = (await readFile(file, 'utf8')).trim();
    return text === '' ? undefined : text;
  } catch {
    return undefined;
  }
};

const resolved = async (path: string): Promise<string | undefined> => {
  try {
    return await realpath(path);
  } catch {
    return undefined;
  }
};

const usbOf = async (device: string): Promise<UsbIdentity | undefined> => {
  let directory = device;
  for (let step = 0; step < PARENTS_MAX; step += 1) {
    const vendorId = await line(join(directory, 'idVendor'));
    const productId = await line(join(directory, 'idProduct'));
    if (vendorId !== undefined && productId !== undefined) {
      return {
        vendorId: vendorId.toLowerCase(),
        productId: productId.toLowerCase(),
        serialNumber: await line(join(directory, 'serial')),
        manufacturer: await line(join(directory, 'manufacturer')),
        product: await line(join(directory, 'product')),
      };
    }
    directory = dirname(directory);
  }
  return undefined;
};

/** Real device path to its name below by-id. */
const stablePaths = async (dev: string): Promise<ReadonlyMap<string, string>> => {
  const directory = join(dev, 'serial', 'by-id');
  const paths = new Map<string, string>();
  for (const name of await listed(directory)) {
    const real = await resolved(join(directory, name));
    if (real !== undefined && !paths.has(real)) paths.set(real, join(directory, name));
  }
  return paths;
};

/** The names of the lines that this machine itself talks on: nothing of the owner's hangs there. */
const consoles = async (proc: string): Promise<ReadonlySet<string>> => {
  const text = (await line(join(proc, 'consoles'))) ?? '';
  return new Set(text.split('\n').map((row) => row.split(/\s/)[0] ?? ''));
};

const addressOf = (path: string, baud: number): string =>
  `serial://${path.split('/').map(encodeURIComponent).join('/').replaceAll('%3A', ':')}?baud=${baud}`;

const nameOf = (usb: UsbIdentity): string => {
  const name = [usb.manufacturer, usb.product].filter((part) => part !== undefined).join(' ');
  return name === '' ? `USB ${usb.vendorId}:${usb.productId}` : `${name} (${usb.vendorId}:${usb.productId})`;
};

const verdictWords = ({ certainty, couldBe }: UsbVerdict): string => {
  const guesses = couldBe.map((guess) => guessWords[guess]).join(', ');
  return certainty === 'known' ? guesses : guesses === '' ? 'unknown' : `could be: ${guesses}`;
};

const overUsb = (path: string, stablePath: string | undefined, usb: UsbIdentity): FoundSerial => {
  const names = [usb.manufacturer, usb.product].filter((part) => part !== undefined);
  const verdict = judgeUsb(usb.vendorId, usb.productId, names);
  const { certainty, chip, couldBe, baud } = verdict;
  return {
    kind: 'serial',
    address: addressOf(stablePath ?? path, baud ?? BAUD_DEFAULT),
    path,
    stablePath,
    usb,
    certainty,
    couldBe,
    words: `${path}: ${nameOf(usb)}${chip === undefined ? '' : `, ${chip}`}; ${verdictWords(verdict)}.`,
  };
};

/** What udev wrote into a stable name: `usb-`, maker, product and serial number, `-if00-port0`. */
const saidInName = (stablePath: string): string =>
  basename(stablePath)
    .replace(/^usb-/, '')
    .replace(/-if\d+(-port\d+)?$/, '')
    .replaceAll('_', ' ');

/** A line of which only the stable name is there: a container may be given /dev and not its part of /sys. */
const byName = (path: string, stablePath: string): FoundSerial => {
  const said = saidInName(stablePath);
  const verdict = judgeUsb('', '', [said]);
  const { certainty, couldBe, baud } = verdict;
  return {
    kind: 'serial',
    address: addressOf(stablePath, baud ?? BAUD_DEFAULT),
    path,
    stablePath,
    usb: undefined,
    certainty,
    couldBe,
    words: `${path}: ${said}; ${verdictWords(verdict)}.`,
  };
};

const onBoard = (path: string, name: string): FoundSerial => {
  const bluetooth = name.startsWith('rfcomm');
  return {
    kind: 'serial',
    address: addressOf(path, BAUD_DEFAULT),
    path,
    stablePath: undefined,
    usb: undefined,
    certainty: 'possible',
    couldBe: bluetooth ? ['obd-dongle'] : ['gnss-receiver', 'lora-board'],
    words: bluetooth
      ? `${path}: a Bluetooth serial line; could be: OBD-II dongle.`
      : `${path}: a serial line of this board; could be: whatever is wired to its pins.`,
  };
};

const lineNamed = async (
  name: string,
  places: SerialPlaces,
  stable: ReadonlyMap<string, string>,
): Promise<FoundSerial | undefined> => {
  const entry = join(places.sys, 'class', 'tty', name);
  const path = join(places.dev, name);
  const real = await resolved(path);
  // The kernel knows it and this program was not given it: nobody here could open it.
  if (real === undefined) return undefined;
  if (name.startsWith('rfcomm')) return onBoard(path, name);
  const device = await resolved(join(entry, 'device'));
  // Virtual consoles and pseudo-terminals have no device behind them.
  if (device === undefined) return undefined;
  const usb = await usbOf(device);
  if (usb !== undefined) return overUsb(path, stable.get(real), usb);
  // 0: a place for a UART that the board does not have.
  return (await line(join(entry, 'type'))) === '0' ? undefined : onBoard(path, name);
};

const listedLines = async ({ sys }: SerialPlaces): Promise<readonly string[]> =>
  await listed(join(sys, 'class', 'tty'));

/** Changes when a line comes or goes; reads two directories. */
export const serialMark = async (places: SerialPlaces): Promise<string> => {
  const [lines, names] = [await listedLines(places), await listed(join(places.dev, 'serial', 'by-id'))];
  return [...lines, '', ...names].join('\n');
};

/** Every serial line of this machine, read from the kernel's own lists: no line is opened. */
export const serialDevices = async (places: SerialPlaces): Promise<readonly FoundSerial[]> => {
  const stable = await stablePaths(places.dev);
  const own = await consoles(places.proc);
  const names = (await listedLines(places)).filter((name) => !own.has(name));
  const found: FoundSerial[] = [];
  const known = new Set<string>();
  for (const name of names) {
    if (found.length >= LINES_MAX) break;
    const one = await lineNamed(name, places, stable);
    if (one === undefined) continue;
    found.push(one);
    if (one.stablePath !== undefined) known.add(one.stablePath);
  }
  for (const [real, stablePath] of stable) {
    if (found.length < LINES_MAX && !known.has(stablePath)) found.push(byName(real, stablePath));
  }
  return found;
};
