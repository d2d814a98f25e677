import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkAddress } from '../ports/index.ts';
import { type SerialPlaces, serialDevices } from './serial-devices.ts';

const root = mkdtempSync(join(tmpdir(), 'outpost-discover-'));
afterAll(() => rmSync(root, { recursive: true }));

interface Usb {
  readonly bus: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A kernel's tree as sysfs, devtmpfs and procfs show it, as far as a serial line reaches into it. */
const machine = () => {
  const directory = mkdtempSync(join(root, 'machine-'));
  const places: SerialPlaces = {
    sys: join(directory, 'sys'),
    dev: join(directory, 'dev'),
    proc: join(directory, 'proc'),
  };
  for (const place of [join(places.sys, 'class', 'tty'), join(places.dev, 'serial', 'by-id'), places.proc]) {
    mkdirSync(place, { recursive: true });
  }
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  const tty = (
    name: string,
    device: string | undefined,
    attributes: Readonly<Record<string, string>> = {},
  ) => {
    const entry = join(places.sys, 'devices', 'tty', name);
    mkdirSync(entry, { recursive: true });
    for (const [key, text] of Object.entries(attributes)) write(join(entry, key), text);
    if (device !== undefined) symlinkSync(device, join(entry, 'device'));
    symlinkSync(entry, join(places.sys, 'class', 'tty', name));
    write(join(places.dev, name), '');
  };
  const usb = (name: string, { bus, attributes }: Usb): void => {
    const device = join(places.sys, 'devices', 'pci0', 'usb1', bus);
    for (const [key, text] of Object.entries(attributes)) write(join(device, key), `${text}\n`);
    // ttyUSB hangs one step below its interface, ttyACM at the interface itself.
    const interfaceOf = join(device, `${bus}:1.0`);
    const at = name.startsWith('ttyUSB') ? join(interfaceOf, name) : interfaceOf;
    mkdirSync(at, { recursive: true });
    tty(name, at);
  };
  const byId = (id: string, name: string): void =>
    symlinkSync(join('..', '..', name), join(places.dev, 'serial', 'by-id', id));
  const platform = (name: string, attributes: Readonly<Record<string, string>>): void => {
    const device = join(places.sys, 'devices', 'platform', 'serial8250');
    mkdirSync(device, { recursive: true });
    tty(name, device, attributes);
  };
  return { places, write, tty, usb, byId, platform };
};

describe('the serial lines of a machine', () => {
  it('are named by what USB says of them, with the path that stays the same', async () => {
    const { places, usb, byId } = machine();
    usb('ttyUSB0', {
      bus: '1-1.2',
      attributes: {
        idVendor: '0403',
        idProduct: '6015',
        serial: '113010822',
        manufacturer: 'ScanTool.net LLC',
        product: 'OBDLink EX',
      },
    });
    const id = 'usb-ScanTool.net_LLC_OBDLink_EX_113010822-if00-port0';
    byId(id, 'ttyUSB0');
    const [found] = await serialDevices(places);
    expect(found).toEqual({
      kind: 'serial',
      address: `serial://${places.dev}/serial/by-id/${id}?baud=115200`,
      path: join(places.dev, 'ttyUSB0'),
      stablePath: join(places.dev, 'serial', 'by-id', id),
      usb: {
        vendorId: '0403',
        productId: '6015',
        serialNumber: '113010822',
        manufacturer: 'ScanTool.net LLC',
        product: 'OBDLink EX',
      },
      certainty: 'known',
      couldBe: ['obd-dongle'],
      words: `${places.dev}/ttyUSB0: ScanTool.net LLC OBDLink EX (0403:6015), FTDI FT230X; OBD-II dongle.`,
    });
  });

  it('are possible dongles and boards where only the bridge chip is known', async () => {
    const { places, usb } = machine();
    usb('ttyUSB3', {
      bus: '1-1',
      attributes: { idVendor: '1A86', idProduct: '7523', product: 'USB Serial' },
    });
    const [found] = await serialDevices(places);
    expect(found).toMatchObject({
      certainty: 'possible',
      stablePath: undefined,
      address: `serial://${places.dev}/ttyUSB3?baud=38400`,
      usb: { vendorId: '1a86', serialNumber: undefined, manufacturer: undefined },
    });
    expect(found?.couldBe).toContain('obd-dongle');
    expect(found?.couldBe).toContain('lora-board');
  });

  it('are found at an interface too, and are merely seen where nobody knows the maker', async () => {
    const { places, usb } = machine();
    usb('ttyACM0', {
      bus: '1-2',
      attributes: { idVendor: '1546', idProduct: '01a9', product: 'GNSS receiver' },
    });
    usb('ttyACM1', { bus: '1-3', attributes: { idVendor: 'dead', idProduct: 'beef' } });
    const found = await serialDevices(places);
    expect(found.map(({ certainty, couldBe }) => [certainty, couldBe])).toEqual([
      ['known', ['gnss-receiver']],
      ['seen', []],
    ]);
    expect(found[1]?.words).toBe(`${places.dev}/ttyACM1: USB dead:beef; unknown.`);
  });

  it('leave out consoles, places without a UART, and the line this machine talks on itself', async () => {
    const { places, tty, platform, write } = machine();
    for (const name of ['console', 'ptmx', 'tty', 'tty1']) tty(name, undefined);
    platform('ttyS0', { type: '4\n' });
    platform('ttyS1', { type: '0\n' });
    platform('ttyS2', { type: '4\n' });
    platform('ttyAMA0', { type: '32\n' });
    tty('rfcomm0', undefined);
    write(join(places.proc, 'consoles'), 'tty0  -WU (EC  p  )    4:7\nttyS0 -W- (EC  p a)    4:64\n');
    const found = await serialDevices(places);
    expect(found.map(({ path }) => path.slice(places.dev.length + 1))).toEqual([
      'rfcomm0',
      'ttyAMA0',
      'ttyS2',
    ]);
    expect(found[0]?.couldBe).toEqual(['obd-dongle']);
  });

  it('come in the order of their numbers and with addresses that the configuration takes', async () => {
    const { places, usb, byId } = machine();
    for (const number of [10, 2, 0]) {
      usb(`ttyUSB${number}`, { bus: `1-${number + 1}`, attributes: { idVendor: '10c4', idProduct: 'ea60' } });
    }
    byId('usb-odd name#1?2%3-if00', 'ttyUSB2');
    const found = await serialDevices(places);
    expect(found.map(({ path }) => path.replace(/.*ttyUSB/, ''))).toEqual(['0', '2', '10']);
    for (const { address } of found) expect(checkAddress(address)).toEqual({ ok: true, value: undefined });
    expect(decodeURIComponent(new URL(found[1]?.address ?? '').pathname)).toBe(found[1]?.stablePath);
  });

  it('are told by their stable names where /sys does not show them, as in a container', async () => {
    const { places, write, byId } = machine();
    write(join(places.dev, 'pts', '7'), '');
    byId('usb-ScanTool.net_LLC_OBDLink_SX_113010822-if00-port0', 'pts/7');
    byId('usb-Acme_Toaster-if01', 'pts/8');
    expect(await serialDevices(places)).toEqual([
      {
        kind: 'serial',
        address: `serial://${places.dev}/serial/by-id/usb-ScanTool.net_LLC_OBDLink_SX_113010822-if00-port0?baud=115200`,
        path: join(places.dev, 'pts', '7'),
        stablePath: join(
          places.dev,
          'serial',
          'by-id',
          'usb-ScanTool.net_LLC_OBDLink_SX_113010822-if00-port0',
        ),
        usb: undefined,
        certainty: 'known',
        couldBe: ['obd-dongle'],
        words: `${join(places.dev, 'pts', '7')}: ScanTool.net LLC OBDLink SX 113010822; OBD-II dongle.`,
      },
    ]);
    write(join(places.dev, 'pts', '8'), '');
    expect((await serialDevices(places))[0]).toMatchObject({
      certainty: 'seen',
      words: `${join(places.dev, 'pts', '8')}: Acme Toaster; unknown.`,
    });
  });

  it('are not those that the kernel knows and this program was not given', async () => {
    const { places, usb } = machine();
    usb('ttyUSB0', { bus: '1-1', attributes: { idVendor: '0403', idProduct: '6015' } });
    rmSync(join(places.dev, 'ttyUSB0'));
    expect(await serialDevices(places)).toEqual([]);
  });

  it('are none on a machine that has none', async () => {
    const nowhere = join(root, 'nowhere');
    expect(await serialDevices({ sys: nowhere, dev: nowhere, proc: nowhere })).toEqual([]);
  });
});
