import { loadAdapter } from '@outpost/firmware-bridge';
import type { DeviceConfig } from '@outpost/schemas/config';
import { describe, expect, it } from 'vitest';
import { authenticationOf } from './device.ts';

describe('how the box knows that it was this device that spoke', () => {
  it.each([
    ['serial:/dev/ttyUSB0?baud=38400', 'elm327', 'wired'],
    ['tcp://192.0.2.1:35000', 'elm327', 'none'],
    ['udp://0.0.0.0:1700', 'gwmp', 'none'],
    ['lns://0.0.0.0:3001', 'basics-station', 'none'],
    ['lns://0.0.0.0:3001?authorization=/w', 'basics-station', 'none'],
    ['lns://0.0.0.0:3001?cert=/a&key=/b', 'basics-station', 'none'],
    ['lns://0.0.0.0:3001?cert=/a&key=/b&authorization=/w', 'basics-station', 'password'],
    ['lns://0.0.0.0:3001?cert=/a&key=/b&ca=/c&authorization=/w', 'basics-station', 'mtls'],
  ])('%s by %s: %s', async (port, name, expected) => {
    const adapter = (await loadAdapter(name))?.adapter;
    if (adapter === undefined) throw new Error('there is such an adapter');
    const config = { name: 'it', adapter: name, port } as unknown as DeviceConfig;
    expect(authenticationOf(config, adapter, undefined)).toBe(expected);
  });
});
