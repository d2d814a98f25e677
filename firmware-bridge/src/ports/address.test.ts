import { type Result, sentence } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { checkAddress, portSchemes } from './index.ts';

const said = (result: Result<void>): string => {
  if (result.ok) return 'fine';
  expect(result.fault.kind).toBe('misconfigured');
  return sentence(result.fault);
};

/** One example for each language; four schemes of MQTT have one between them. */
const ALL = [...new Set(portSchemes.map(({ example }) => example))]
  .join(', ')
  .replace(/, (?=[^ ]*$)/, ' or ');

describe('the address of a port', () => {
  it.each([
    'serial:///dev/ttyUSB0?baud=38400',
    'serial:///dev/ttyUSB0',
    'serial:/dev/ttyUSB0?baud=500000',
    'serial:///dev/serial/by-id/usb-FTDI_FT230X-if00-port0?baud=115200&parity=even&databits=7&stopbits=2',
    'SERIAL:///dev/ttyACM0',
    'tcp://192.168.0.10:35000',
    'tcp://wican.local:3333/',
    'tcp://[fe80::1]:35000',
    'udp:1700',
    'udp:1700?rcvbuf=65536',
    'udp://0.0.0.0:1700?rcvbuf=4194304',
    'udp://[::]:1700',
    'replay:///srv/a%20drive.jsonl',
    'replay:///srv/drive.jsonl?speed=0.5',
  ])('%s is accepted', (uri) => {
    expect(said(checkAddress(uri))).toBe('fine');
  });

  it.each([
    ['', `port: is not the address of a port; write ${ALL}.`],
    ['/dev/ttyUSB0', `/dev/ttyUSB0: is not the address of a port; write ${ALL}.`],
    ['http://10.0.0.1:80', `http://10.0.0.1:80: is not the address of a port; write ${ALL}.`],
    [
      'tcp://192.168.0.10:99999',
      'tcp://192.168.0.10:99999: cannot be read as an address; write it like tcp://192.168.0.10:35000.',
    ],
    ['tcp://192.168.0.10', 'tcp://192.168.0.10: has no port number; write it like tcp://192.168.0.10:35000.'],
    [
      'tcp://192.168.0.10:0',
      'tcp://192.168.0.10:0: has no port number; write it like tcp://192.168.0.10:35000.',
    ],
    [
      'tcp://10.0.0.1:1/x',
      'tcp://10.0.0.1:1/x: takes nothing after the port number; write it like tcp://192.168.0.10:35000.',
    ],
    ['tcp:///x', 'tcp:///x: has no host; write it like tcp://192.168.0.10:35000.'],
    [
      'serial://dev/ttyUSB0',
      'serial://dev/ttyUSB0: needs three slashes before the path, as in serial:///dev/ttyUSB0?baud=38400.',
    ],
    ['serial:', 'serial:: has no absolute path; write it like serial:///dev/ttyUSB0?baud=38400.'],
    [
      'serial:///dev/tty%E0%A4%A',
      'serial:///dev/tty%E0%A4%A: has a broken % sequence in its path; write it like serial:///dev/ttyUSB0?baud=38400.',
    ],
    [
      'serial:///dev/ttyUSB0?baud=fast',
      'serial:///dev/ttyUSB0: "baud" must be “auto” or a whole number from 50 to 4000000.',
    ],
    ['serial:///dev/ttyUSB0?databits=9', 'serial:///dev/ttyUSB0: "databits" must be 7 or 8.'],
    ['serial:///dev/ttyUSB0?parity=mark', 'serial:///dev/ttyUSB0: "parity" must be none, even or odd.'],
    ['serial:///dev/ttyUSB0?stopbits=3', 'serial:///dev/ttyUSB0: "stopbits" must be 1 or 2.'],
    [
      'serial:///dev/ttyUSB0?baud=9600&baud=38400',
      'serial:///dev/ttyUSB0: "baud" is given more than once; write it like serial:///dev/ttyUSB0?baud=38400.',
    ],
    ...['udp:', 'udp:x', 'udp:0', 'udp:70000', 'udp:///1700'].map((uri) => [
      uri,
      `${uri}: has no host; write it like udp://0.0.0.0:1700?rcvbuf=4194304.`,
    ]),
    ['udp://0.0.0.0', 'udp://0.0.0.0: has no port number; write it like udp://0.0.0.0:1700?rcvbuf=4194304.'],
    [
      'udp://gateway.local:1700',
      "udp://gateway.local:1700: needs one of this box's own addresses, or 0.0.0.0 for all; write it like udp://0.0.0.0:1700?rcvbuf=4194304.",
    ],
    [
      'udp:1700?buffer=1',
      'udp:1700: "buffer" is not an option of this address (known are rcvbuf); write it like udp://0.0.0.0:1700?rcvbuf=4194304.',
    ],
    ['udp:1700?rcvbuf=1000', 'udp:1700: "rcvbuf" must be a whole number of bytes from 4096 to 268435456.'],
    [
      'replay:///a.jsonl?speed=0',
      'replay:///a.jsonl: "speed" must be a number above 0 and at most 1000000; 1 is as recorded.',
    ],
    [
      'replay:///a.jsonl#2',
      'replay:///a.jsonl: takes nothing after a #; write it like replay:///srv/captures/drive.jsonl?speed=1.',
    ],
  ])('%j is refused in one whole sentence that shows how to write it', (uri, words) => {
    expect(said(checkAddress(uri))).toBe(words);
  });

  it.each([
    'tcp://owner:hunter2@10.0.0.1:35000',
    'tcp://owner:hunter2@10.0.0.1:99999',
    'tcp://owner:hun/hunter2@10.0.0.1:35000',
    'mqtt://owner:hunter2@broker',
    'tcp://10.0.0.1:35000?password=hunter2',
    'udp://owner:hunter2@10.0.0.1:1700',
    'udp:1700#hunter2',
    'serial:///dev/ttyUSB0?token=hunter2',
    'replay:///a.jsonl#hunter2',
  ])('a secret in an address is never repeated (case %#)', (uri) => {
    const words = said(checkAddress(uri));
    expect(words).not.toBe('fine');
    expect(words).not.toContain('hunter2');
    expect(words).not.toContain('owner');
  });

  it('is cut off in a message where it is absurdly long', () => {
    expect(said(checkAddress('x'.repeat(100_000))).length).toBeLessThan(500);
    expect(said(checkAddress(`tcp://${'x'.repeat(100_000)}:1`)).length).toBeLessThan(500);
  });
});
