import { describe, expect, it } from 'vitest';
import { dropsIn, procAddress } from './kernel-drops.ts';

// As Linux 6.1 wrote it, with a socket on 0.0.0.0:1700 that had dropped 17 datagrams.
const TABLE = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  811: 00000000:0044 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 15743 2 0000000000000000 0
 2443: 00000000:06A4 00000000:0000 07 00000000:00000300 00:00000000 00000000  1000        0 88113 2 0000000000000000 17
 2443: 0100007F:06A5 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 88114 2 0000000000000000 4
`;

describe('what the kernel dropped', () => {
  it.each([
    ['127.0.0.1', 1700, '0100007F:06A4'],
    ['0.0.0.0', 68, '00000000:0044'],
    ['192.168.1.20', 65_535, '1401A8C0:FFFF'],
    ['::', 1700, '00000000000000000000000000000000:06A4'],
    ['::1', 1700, '00000000000000000000000001000000:06A4'],
    ['fe80::1234:5678:9abc:def0', 1, '000080FE0000000078563412F0DEBC9A:0001'],
    ['2001:db8:0:1:2:3:4:5', 1, 'B80D0120010000000300020005000400:0001'],
  ])('stands in the row of %s port %i as %s', (address, port, text) => {
    expect(procAddress({ address, port })).toBe(text);
  });

  it('is the last column of the row of that very socket', () => {
    expect(dropsIn(TABLE, { address: '0.0.0.0', port: 1700 })).toBe(17);
    expect(dropsIn(TABLE, { address: '127.0.0.1', port: 1701 })).toBe(4);
  });

  it('is unknown where there is no such row, or nothing that is a number', () => {
    expect(dropsIn(TABLE, { address: '127.0.0.1', port: 1700 })).toBeUndefined();
    expect(dropsIn(TABLE.replace(' 17\n', ' x\n'), { address: '0.0.0.0', port: 1700 })).toBeUndefined();
    expect(dropsIn('', { address: '0.0.0.0', port: 1700 })).toBeUndefined();
  });
});
