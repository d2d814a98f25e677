import { signalById } from '@outpost/schemas/vehicle';
import type { Body } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkMapping } from '../../mapping/index.ts';
import { readMessage, writeMessage } from '../../message.ts';
import { garbage, messageRig } from '../../testing/message-rig.ts';
import { mappedCodec } from './codec.ts';
import { checkOptions } from './options.ts';
import { redecode } from './redecode.ts';
import { mappedSession } from './session.ts';
import vectors from './vectors/house.json' with { type: 'json' };

const mappingOf = (value: unknown) => {
  const checked = checkMapping(JSON.stringify(value, null, 1), 'm.json');
  if (!('mapping' in checked)) throw new Error(JSON.stringify(checked.faults));
  return checked.mapping;
};

const rigFor = (mapping: unknown = vectors.mapping, silentAfterMs = 10_000) =>
  messageRig(mappedCodec, mappedSession({ mapping: mappingOf(mapping), silentAfterMs }));

const numbers = (bodies: readonly { readonly body: Body }[]) =>
  bodies.map(({ body }) => (body.kind === 'number' ? [body.signal, body.mantissa] : [body.kind]));

const one = (payload: string, value: object, more: object = {}) => {
  const rig = rigFor({ topics: [{ topic: 'a', ...more, values: [{ pointer: '/x', ...value }] }] });
  rig.say('a', payload);
  return { ends: rig.last, said: numbers(rig.said) };
};

describe('mapped messages', () => {
  it.each(vectors.messages)('$topic says what the vectors say', ({ topic, payload, readings }) => {
    const rig = rigFor();
    rig.say(topic, payload);
    expect(numbers(rig.said)).toEqual(readings);
    expect(rig.last).toEqual(['observed']);
  });

  it('say the same again from nothing but their raw bytes', () => {
    const rig = rigFor();
    for (const { topic, payload } of vectors.messages) rig.say(topic, payload);
    expect(rig.said.length).toBeGreaterThan(8);
    for (const { body, raw } of rig.said) expect(redecode(raw)).toEqual([body]);
    expect(redecode(writeMessage({ topic: 'a', payload: new Uint8Array(3) }))).toEqual([]);
  });

  it('keep the topic and the payload as they came', () => {
    const rig = rigFor();
    const { topic = '', payload = '' } = vectors.messages[0] ?? {};
    rig.say(topic, payload);
    const message = readMessage(rig.said[1]?.raw ?? new Uint8Array());
    if (!message.ok) throw new Error(message.fault.words);
    expect(message.value.topic).toBe(topic);
    expect(new TextDecoder().decode(message.value.payload)).toBe(
      `${payload}\r=Sensor.Temperature celsius json#/AM2301/Temperature`,
    );
  });

  it.each([
    ['{"x":"21.5"}', { signal: 'Sensor.Temperature' }, [[820, 2150]]],
    ['{"x":300}', { signal: 'Sensor.Temperature', unit: 'kelvin' }, [[820, 2685]]],
    ['{"x":1013.25}', { signal: 'Sensor.Pressure', unit: 'hPa' }, [[822, 101_325]]],
    ['{"x":60}', { signal: 'Vehicle.Speed', unit: 'mph' }, [[1, 97]]],
    ['{"x":true}', { signal: 'Sensor.IsOpen' }, [[838, 1]]],
    ['{"x":"open"}', { signal: 'Sensor.IsOpen', words: { open: 1 } }, [[838, 1]]],
    ['{"x":1e-9}', { signal: 'Sensor.Voltage' }, [[830, 0]]],
    ['{"x":-0.0005}', { signal: 'Sensor.Voltage' }, [[830, -1]]],
    ['{"x":0.30000000000000004}', { signal: 'Sensor.Current' }, [[831, 3_000]]],
  ])('%s as %o is %j', (payload, value, said) => {
    expect(one(payload, value)).toEqual({ ends: ['observed'], said });
  });

  it.each([
    ['{"x":null}', 'no-value'],
    ['{"x":"nan"}', 'no-value'],
    ['{"y":1}', 'no-value'],
    ['{"x":{}}', 'mapping.value'],
    ['{"x":true}', 'mapping.value'],
    ['{"x":"warm"}', 'mapping.value'],
    ['{"x":1e6}', 'mapping.value'],
    ['{"x":1', 'mapping.payload'],
    ['', 'mapping.payload'],
  ])('%s ends as %s', (payload, end) => {
    expect(one(payload, { signal: 'Sensor.Temperature' })).toEqual({ ends: [end], said: [] });
  });

  it('give their good values beside a bad one, which the owner is told of', () => {
    const rig = rigFor();
    rig.say('tele/plug/SENSOR', '{"AM2301":{"Temperature":"hot","Humidity":50}}');
    expect(numbers(rig.said)).toEqual([[821, 5_000]]);
    expect(rig.statuses.at(-1)?.words).toContain('no number in celsius (Sensor.Temperature)');
    expect(rig.statuses.at(-1)?.facts).toMatchObject({ badValues: 1, readings: 1 });
  });

  it('of unknown topics and of no text do not get in', () => {
    const rig = rigFor();
    rig.say('other', '1');
    expect(rig.last).toEqual(['not-mapped']);
    rig.say('stat/plug/POWER', garbage);
    expect(rig.last).toEqual(['mapping.payload']);
    expect(rig.said).toEqual([]);
  });

  it('with a wrong checksum are kept aside', () => {
    const rig = rigFor();
    rig.say('freematics/A1', `${vectors.messages[4]?.payload.slice(0, -2)}00`);
    expect(rig.last).toEqual(['mapping.payload']);
  });

  it('that come again are dropped by their own time, and a clock that was never set is not said', () => {
    const rig = rigFor();
    const message = (time: string): string => `{"Time":"${time}","AM2301":{"Temperature":20}}`;
    for (const time of ['2026-11-24T08:00:00', '2026-11-24T08:00:01', '2026-11-24T08:00:00']) {
      rig.say('tele/plug/SENSOR', message(time));
    }
    expect(rig.last).toEqual(['repeated']);
    rig.say('tele/plug/SENSOR', message('1970-01-01T00:00:07'));
    expect(rig.last).toEqual(['observed']);
    expect(numbers(rig.said.slice(4))).toEqual([[820, 2_000]]);
  });

  it('that a broker had stored are shown as last known and never said', () => {
    const rig = rigFor();
    rig.say('stat/plug/POWER', 'ON', true);
    expect(rig.last).toEqual(['retained']);
    expect(rig.said).toEqual([]);
    expect(rig.statuses.at(-1)?.facts).toMatchObject({ 'lastKnown.Sensor.IsOn': 1, readings: 0 });
  });

  it('of the simulator say so', () => {
    const topics = [{ topic: '+/+', values: [{ pointer: '', signal: 'Sensor.Level' }] }];
    const rig = rigFor({ topics });
    for (const topic of ['outpost-simulator/1', 'my-outpost-simulator/1']) rig.say(topic, '5');
    expect(rig.said.map(({ origin }) => origin)).toEqual(['simulated', 'live']);
  });

  it('that stay away are missed', () => {
    const rig = rigFor();
    rig.say('stat/plug/POWER', 'ON');
    rig.run(30_000);
    expect(rig.statuses.map(({ phase }) => phase)).toEqual(['waiting', 'receiving', 'silent']);
  });

  it('of any bytes end once each, without a throw, and say only what can be computed again', () => {
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.json().map((text) => new TextEncoder().encode(text)),
      fc.constantFrom('ON', '12.5', 'ts=5,10D=7').map((text) => new TextEncoder().encode(text)),
    );
    const topic = fc.constantFrom(
      'tele/a/SENSOR',
      'stat/a/POWER',
      'greenhouse/sensor/x/state',
      'freematics/1',
      'z',
    );
    const rig = rigFor();
    fc.assert(
      fc.property(topic, payload, (name, bytes) => {
        rig.said.length = 0;
        rig.say(name, bytes);
        expect(rig.last).toHaveLength(1);
        expect(rig.undecided).toBe(0);
        for (const { body, raw } of rig.said) expect(redecode(raw)).toEqual([body]);
      }),
    );
  });
});

describe('a mapping file', () => {
  const faultsOf = (value: unknown): readonly string[] => {
    const checked = checkMapping(JSON.stringify(value, null, 1), 'm.json');
    return 'mapping' in checked ? [] : checked.faults.map(({ where, words }) => `${where}: ${words}`);
  };
  const topic = (more: object) => ({
    topics: [{ topic: 'a', values: [{ pointer: '', signal: 'Sensor.IsOn' }], ...more }],
  });

  it.each([
    [{}, 'm.json line 1: topics must be a list of 1 to 64.'],
    [{ topics: [], more: 1 }, 'm.json line 3: more is not known; there are topics.'],
    [topic({ topic: 'a/#/b' }), 'topics[0].topic must be a topic'],
    [topic({ format: 'xml' }), 'topics[0].format must be json, text, pairs, list.'],
    [topic({ values: [] }), 'topics[0].values must be a list of 1 to 128.'],
    [
      topic({ values: [{ pointer: 'x', signal: 'Sensor.IsOn' }] }),
      'values[0].pointer must be a JSON pointer',
    ],
    [
      topic({ values: [{ pointer: '', signal: 'Sensor.Warmth' }] }),
      'm.json line 8: topics[0].values[0].signal "Sensor.Warmth" is no signal',
    ],
    [
      topic({ values: [{ pointer: '', signal: 'Sensor.Power', unit: 'V' }] }),
      '"V" cannot become W; there are W, kW.',
    ],
    [
      topic({ values: [{ pointer: '', signal: 'Sensor.IsOn', words: { ON: 'yes' } }] }),
      'words.ON must be a number.',
    ],
    [
      topic({ format: 'text', values: [{ pointer: '/x', signal: 'Sensor.IsOn' }] }),
      'must be "": a text has no parts.',
    ],
    [
      topic({ values: [{ pointer: '', signal: 'Sensor.Power', factor: 'x' }] }),
      'values[0].factor must be a decimal',
    ],
    [topic({ time: { pointer: '/t', unit: 'day' } }), 'topics[0].time.unit must be s or ms'],
    [
      topic({
        values: [
          { pointer: '/a', signal: 'Sensor.IsOn' },
          { pointer: '/b', signal: 'Sensor.IsOn' },
        ],
      }),
      'topics[0].values[1].signal is said twice by one message.',
    ],
  ])('%# is refused with its line and field', (value, words) => {
    expect(faultsOf(value).join('\n')).toContain(words);
  });

  it('that is no JSON is refused with the line on which it breaks', () => {
    const checked = checkMapping('{\n"topics": [\n}', 'm.json');
    expect('mapping' in checked ? '' : checked.faults[0].where).toBe('m.json line 3');
  });

  it('is named by the options, and read when the gateway starts', () => {
    const read = (path: string) => {
      expect(path).toBe('/m.json');
      return { ok: true as const, value: JSON.stringify(vectors.mapping) };
    };
    expect(checkOptions({ mapping: '/m.json' }, read)).toMatchObject({
      ok: true,
      value: { silentAfterMs: 900_000 },
    });
    expect(checkOptions({}, read)).toMatchObject({ ok: false, fault: { kind: 'misconfigured' } });
    expect(checkOptions({ mapping: '/m.json', silentAfterMs: 1 }, read)).toMatchObject({ ok: false });
    expect(checkOptions({ file: 'x' }, read)).toMatchObject({ ok: false });
  });

  it('can name every signal of the table in its own unit', () => {
    expect(signalById(837)?.name).toBe('Sensor.IsOn');
    expect(faultsOf(topic({}))).toEqual([]);
  });
});
