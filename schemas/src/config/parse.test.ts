import { describe, expect, it } from 'vitest';
import { configJsonSchema, parseConfig } from './index.ts';

const words = (value: unknown): string => {
  const result = parseConfig(value, 'outpost.json');
  if (result.ok) throw new Error('expected a fault');
  expect(result.fault.kind).toBe('misconfigured');
  expect(result.fault.where).toBe('outpost.json');
  return result.fault.words;
};

describe('parseConfig', () => {
  it('fills every default from the one key that must be given', () => {
    const result = parseConfig({ dataDirectory: '/var/lib/outpost' }, 'outpost.json');
    if (!result.ok) throw new Error(result.fault.words);
    expect(result.value.journal.commitEveryMs).toBe(1000);
    expect(result.value.store?.database).toBe('outpost');
    expect(result.value.attest.readingsMax).toBe(256);
    expect(result.value.keyKind).toBe('file');
  });

  it('names an unknown key, where it stands and what is known there', () => {
    const text = words({ dataDirectory: '/d', journal: { commitEverMs: 5 } });
    expect(text).toContain('"commitEverMs" is unknown in journal');
    expect(text).toContain('commitEveryMs');
  });

  it('names an unknown key of a device by its place in the list', () => {
    const text = words({
      dataDirectory: '/d',
      devices: [{ name: 'car', adapter: 'elm327', port: 'tcp://h:1', bud: 1 }],
    });
    expect(text).toContain('"bud" is unknown in devices[0]');
    expect(text).toContain('adapter');
  });

  it('names an unknown key of the store, which may also be null', () => {
    expect(words({ dataDirectory: '/d', store: { flushEvery: 1 } })).toContain('flushEveryS');
    const none = parseConfig({ dataDirectory: '/d', store: null }, 'outpost.json');
    expect(none.ok && none.value.store).toBe(null);
  });

  it('has no broker unless asked for one, and that one listens at loopback alone', () => {
    const none = parseConfig({ dataDirectory: '/d' }, 'outpost.json');
    expect(none.ok && none.value.broker).toBe(null);
    const asked = parseConfig({ dataDirectory: '/d', broker: {} }, 'outpost.json');
    if (!asked.ok) throw new Error(asked.fault.words);
    expect(asked.value.broker).toMatchObject({
      tcp: { host: '127.0.0.1', port: 1883 },
      tls: null,
      websocket: null,
      packetMaxKibibytes: 64,
    });
    expect(words({ dataDirectory: '/d', broker: { tls: { ports: 1 } } })).toContain('"ports" is unknown');
  });

  it('refuses a number out of its limits', () => {
    expect(words({ dataDirectory: '/d', attest: { readingsMax: 0 } })).toContain('attest.readingsMax');
  });

  it('refuses two devices of one name', () => {
    const car = { name: 'car', adapter: 'elm327', port: 'tcp://h:1' };
    expect(words({ dataDirectory: '/d', devices: [car, car] })).toContain('"car" stands there twice');
  });

  it('refuses a missing data directory and things that are no object', () => {
    expect(words({})).toContain('dataDirectory');
    expect(words('text')).toContain('the whole file');
  });

  it('emits a JSON Schema that closes every object', () => {
    const schema = configJsonSchema() as {
      additionalProperties: unknown;
      properties: Record<string, unknown>;
    };
    expect(schema.additionalProperties).toBe(false);
    expect(Object.keys(schema.properties)).toContain('devices');
  });
});
