import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ipv4, isNeighbour, knownDongles, networkDevices } from './network-devices.ts';

const root = mkdtempSync(join(tmpdir(), 'outpost-network-'));
afterAll(() => rmSync(root, { recursive: true }));

const ARP = 'IP address       HW type     Flags       HW address            Mask     Device';
const ROUTE = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';

/** A machine with these addresses, whose kernel lists these neighbours and routes, and where these answer. */
const machine = (parts: {
  readonly own: readonly string[];
  readonly arp?: readonly string[];
  readonly routes?: readonly string[];
  readonly answering?: readonly string[];
  readonly littleEndian?: boolean;
}) => {
  const proc = mkdtempSync(join(root, 'proc-'));
  mkdirSync(join(proc, 'net'));
  writeFileSync(join(proc, 'net', 'arp'), `${[ARP, ...(parts.arp ?? [])].join('\n')}\n`);
  writeFileSync(join(proc, 'net', 'route'), `${[ROUTE, ...(parts.routes ?? [])].join('\n')}\n`);
  const tried: string[] = [];
  const answers = (host: string, port: number): Promise<boolean> => {
    tried.push(`${host}:${port}`);
    return Promise.resolve(parts.answering?.includes(`${host}:${port}`) ?? false);
  };
  return { tried, places: { proc, own: parts.own, littleEndian: parts.littleEndian ?? true, answers } };
};

describe('dongles in the network', () => {
  it('are looked for only at known addresses inside a network of this machine', async () => {
    const { tried, places } = machine({
      own: ['192.168.0.57/24', '10.1.2.3/8'],
      answering: ['192.168.0.10:35000'],
    });
    expect(await networkDevices(places)).toEqual([
      {
        kind: 'network',
        address: 'tcp://192.168.0.10:35000',
        host: '192.168.0.10',
        mac: undefined,
        certainty: 'possible',
        couldBe: ['obd-dongle'],
        words: '192.168.0.10:35000: accepts a connection like a dongle of this kind: ELM327 Wi-Fi dongle.',
      },
    ]);
    expect(tried).toEqual(['192.168.0.10:35000']);
  });

  it('are not looked for at all elsewhere, nor at an address of our own', async () => {
    const { tried, places } = machine({ own: ['172.16.0.2/16', '192.168.4.1/24'] });
    expect(await networkDevices(places)).toEqual([]);
    expect(tried).toEqual([]);
  });

  it('leave everybody else in peace: gateway and neighbours are listed, not contacted', async () => {
    const { tried, places } = machine({
      own: ['192.168.80.2/24'],
      arp: [
        '192.168.80.1     0x1         0x2         24:0a:c4:00:00:01     *        wlan0',
        '192.168.80.77    0x1         0x0         00:00:00:00:00:00     *        wlan0',
        '192.168.80.9     0x1         0x2         aa:bb:cc:dd:ee:ff     *        wlan0',
      ],
      routes: [
        'wlan0\t00000000\t0150A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0',
        'wlan0\t0050A8C0\t00000000\t0001\t0\t0\t600\t00FFFFFF\t0\t0\t0',
        'eth0\t00000000\tFE01A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0',
      ],
      answering: ['192.168.80.1:3333'],
    });
    const found = await networkDevices(places);
    expect(found.map(({ host, certainty, address, mac }) => [host, certainty, address, mac])).toEqual([
      ['192.168.80.1', 'possible', 'tcp://192.168.80.1:3333', '24:0a:c4:00:00:01'],
      ['192.168.1.254', 'seen', undefined, undefined],
      ['192.168.80.9', 'seen', undefined, 'aa:bb:cc:dd:ee:ff'],
    ]);
    expect(found.map(({ words }) => words).slice(1)).toEqual([
      '192.168.1.254: the default gateway, not contacted.',
      '192.168.80.9: a neighbour (aa:bb:cc:dd:ee:ff), not contacted.',
    ]);
    expect(tried).toEqual(['192.168.80.1:3333', '192.168.80.1:35000']);
  });

  it('are listed in bounded number', async () => {
    const arp = Array.from(
      { length: 300 },
      (_, i) => `10.0.${i >> 8}.${i & 255} 0x1 0x2 aa:bb:cc:dd:ee:ff * eth0`,
    );
    expect((await networkDevices(machine({ own: [], arp }).places)).length).toBe(64);
  });

  it('reads routes in the byte order of the machine, and bears tables that make no sense', async () => {
    const routes = ['eth0\t00000000\tC0A801FE\t0003', 'nonsense', '\t\t', 'eth0\t00000000\tXYZ\t0003'];
    const { places } = machine({
      own: [],
      routes,
      littleEndian: false,
      arp: ['nonsense', '999.1.1.1 1 0x2'],
    });
    expect((await networkDevices(places)).map(({ host }) => host)).toEqual(['192.168.1.254']);
    const nowhere = { ...places, proc: join(root, 'nowhere') };
    expect(await networkDevices(nowhere)).toEqual([]);
  });
});

describe('a network', () => {
  it.each([
    ['192.168.0.10', '192.168.0.57/24', true],
    ['192.168.1.10', '192.168.0.57/24', false],
    ['192.168.1.10', '192.168.0.57/16', true],
    ['192.168.0.57', '192.168.0.57/24', false],
    ['10.0.0.1', '10.0.0.2/32', false],
    ['10.0.0.1', '10.0.0.2/31', false],
    ['10.0.0.3', '10.0.0.2/31', true],
    ['200.0.0.1', '10.0.0.2/0', true],
    ['10.0.0.1', '10.0.0.2', false],
    ['10.0.0.1', '10.0.0.2/40', false],
    ['fe80::1', '10.0.0.2/8', false],
  ])('%s seen from %s: %s', (host, own, near) => {
    expect(isNeighbour(host, own)).toBe(near);
  });

  it('takes only whole IPv4 addresses for such', () => {
    expect(ipv4('192.168.0.10')).toBe(0xc0a8000a);
    for (const text of ['', '1.2.3', '1.2.3.4.5', '1.2.3.256', '1.2.3.x', '::1']) {
      expect(ipv4(text)).toBeUndefined();
    }
  });

  it('knows only private addresses as those of dongles', () => {
    for (const { host } of knownDongles) expect(isNeighbour(host, '192.168.255.255/16')).toBe(true);
  });
});
