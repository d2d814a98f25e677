import type { Body } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CanFrame, dataFrame } from '../../can/frame.ts';
import { segment } from '../../can/isotp.ts';
import { garbage, messageRig } from '../../testing/message-rig.ts';
import { wicanCodec } from './codec.ts';
import { writeFrame } from './frame.ts';
import { checkOptions } from './options.ts';
import { redecode } from './redecode.ts';
import { wicanSession } from './session.ts';
import vectors from './vectors/messages.json' with { type: 'json' };

const rigFor = (options: unknown = undefined) => {
  const checked = checkOptions(options);
  if (!checked.ok) throw new Error(checked.fault.words);
  return messageRig(wicanCodec, wicanSession(checked.value));
};

const numbers = (said: readonly { readonly body: Body }[]) =>
  said.map(({ body }) => (body.kind === 'number' ? [body.signal, body.mantissa] : [body.kind]));

const RX = `wican/${vectors.id}/can/rx`;
const batch = (frames: readonly CanFrame[]): string =>
  `{"bus":"0","type":"rx","ts":1,"frame":[${frames.map(writeFrame).join(',')}]}`;
const answerFrames = (payload: Uint8Array, ecu = 0x7e8): readonly CanFrame[] =>
  segment(payload, 0xaa).map((data) => dataFrame(ecu, false, data));

const VIN = Uint8Array.of(0x49, 0x02, 0x01, ...new TextEncoder().encode('1D4GP00R55B123456'));

describe('what a WiCAN publishes', () => {
  it.each(vectors.messages)('$source', ({ topic, payload, ends, readings }) => {
    const rig = rigFor();
    rig.say(topic, payload);
    expect(rig.last).toEqual(ends);
    expect(numbers(rig.said)).toEqual(readings);
    expect(rig.undecided).toBe(0);
    for (const { body, raw } of rig.said) expect(redecode(raw)).toEqual([body]);
  });

  it('keeps of a message with many frames only the one that says so', () => {
    const rig = rigFor();
    const { topic = '', payload = '' } = vectors.messages[2] ?? {};
    rig.say(topic, payload);
    const text = new TextDecoder().decode(rig.said[1]?.raw.subarray(2));
    expect(text).toBe(
      `${RX}{"id":2024,"dlc":8,"rtr":false,"extd":false,"data":[3,65,13,60,170,170,170,170]}`,
    );
  });

  it('puts long answers together over several messages, between which others come', () => {
    const rig = rigFor();
    const [first, ...rest] = answerFrames(VIN);
    rig.say(RX, batch(first === undefined ? [] : [first]));
    rig.say(RX, batch(answerFrames(Uint8Array.of(0x41, 0x0d, 9), 0x7e9)));
    rig.say(RX, batch(rest));
    expect(rig.last).toEqual(['control', 'observed']);
    const { body, raw } = rig.said[1] ?? expect.fail('nothing was said');
    expect(body).toMatchObject({ kind: 'identity', of: 'vin', text: '1D4GP00R55B123456', ecu: 0x7e8 });
    expect(redecode(raw)).toEqual([body]);
  });

  it('does not believe long answers out of order, or those that took too long', () => {
    const rig = rigFor();
    const [first, second, third] = answerFrames(VIN);
    if (first === undefined || second === undefined || third === undefined) throw new Error('three frames');
    rig.say(RX, batch([first, third, second]));
    expect(rig.last).toEqual(['control', 'isotp.sequence', 'isotp.no-first']);
    rig.say(RX, batch([first]));
    rig.run(6_000);
    rig.say(RX, batch([second, third]));
    expect(rig.last).toEqual(['isotp.no-first', 'isotp.no-first']);
    expect(rig.said).toEqual([]);
  });

  it('keeps a damaged frame aside without its siblings', () => {
    const rig = rigFor();
    const [good] = answerFrames(Uint8Array.of(0x41, 0x0d, 9));
    const text = writeFrame(good ?? expect.fail('one frame'));
    rig.say(
      RX,
      `{"bus":"0","type":"rx","ts":1,"frame":[${text.replace('2024', '-1')},${text},${text.replace('65', '256')}]}`,
    );
    expect(rig.last).toEqual(['wican.frame', 'observed', 'wican.frame']);
    rig.say(RX, '{"bus":"0","type":"rx","ts":1,"frame":[{"id":2024,');
    expect(rig.last).toEqual(['wican.message']);
    rig.say(RX, garbage);
    expect(rig.last).toEqual(['mapping.payload']);
  });

  it('does not guess what an identifier of a maker means, nor a refusal', () => {
    const rig = rigFor();
    rig.say(
      RX,
      batch([
        ...answerFrames(Uint8Array.of(0x62, 0x01, 0x01, 5)),
        ...answerFrames(Uint8Array.of(0x7f, 1, 0x12)),
      ]),
    );
    expect(rig.last).toEqual(['not-asked', 'not-asked']);
  });

  it('stored by the broker is shown as last known and never said', () => {
    const rig = rigFor();
    rig.say(RX, '{"SOC": 55.5}', true);
    rig.say(RX, batch(answerFrames(Uint8Array.of(0x41, 0x0d, 9))), true);
    expect(rig.last).toEqual(['retained']);
    expect(rig.said).toEqual([]);
    expect(rig.statuses.at(-1)?.facts).toMatchObject({
      'lastKnown.Vehicle.Powertrain.TractionBattery.StateOfCharge.Current': 55.5,
    });
  });

  it('of another dongle is dropped, and the owner hears of it once', () => {
    const rig = rigFor();
    rig.say(RX, '{"SOC": 55.5}');
    for (let i = 0; i < 3; i += 1) rig.say('wican/000000000001/can/rx', '{"SOC": 1}');
    expect(rig.last).toEqual(['stranger']);
    expect(rig.happenings.map(({ what }) => what)).toEqual(['stranger']);
    expect(numbers(rig.said)).toEqual([[23, 5_550]]);
    const told = rigFor({ device: '000000000001' });
    told.say(RX, '{"SOC": 55.5}');
    expect(told.last).toEqual(['stranger']);
  });

  it('by names of its owner means what the options say; other names are shown', () => {
    const rig = rigFor({
      signals: { 'Boost psi': { signal: 'Vehicle.OBD.MAP', unit: 'psi' }, V: 'Vehicle.Speed' },
    });
    rig.say('car', '{"Boost psi": 14.5, "V": 30, "Mood": 1}');
    expect(numbers(rig.said)).toEqual([
      [9, 100],
      [1, 30],
    ]);
    expect(rig.statuses.at(-1)?.words).toContain('These parameters have no signal: Mood;');
    for (const { body, raw } of rig.said) expect(redecode(raw)).toEqual([body]);
  });

  it('with a clock that was never set gives its values without it', () => {
    const rig = rigFor();
    rig.say('home/car', '{"SOC": 55.5, "timestamp": 12}');
    expect(numbers(rig.said)).toEqual([[23, 5_550]]);
  });

  it('of the simulator says so', () => {
    const rig = rigFor();
    rig.say('wican/feed00000001/can/rx', '{"SOC": 55.5}');
    rig.say('wican/feed00000001/can/rx', batch(answerFrames(Uint8Array.of(0x41, 0x0d, 9))));
    rig.say('car', '{"SOC": 55.5}');
    expect(rig.said.map(({ origin }) => origin)).toEqual(['simulated', 'simulated', 'live']);
  });

  it('tells the owner when it leaves and when it falls silent', () => {
    const rig = rigFor({ silentAfterMs: 5_000 });
    rig.say(`wican/${vectors.id}/status`, '{"status": "online"}');
    rig.say(`wican/${vectors.id}/status`, '{"status": "offline"}');
    rig.run(60_000);
    rig.say(RX, '{"SOC": 55.5}');
    rig.run(60_000);
    expect(rig.statuses.map(({ phase }) => phase)).toEqual([
      'waiting',
      'online',
      'offline',
      'online',
      'silent',
    ]);
  });

  it('comes back from what was written', () => {
    const data = fc.uint8Array({ maxLength: 8 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x7ff }), data, fc.boolean(), (id, bytes, extended) => {
        const event = {
          kind: 'frame',
          topic: RX,
          direction: 'rx',
          frame: dataFrame(id, extended, bytes),
        } as const;
        const [item] = wicanCodec.event.decode(wicanCodec.event.encode(event));
        expect(item?.result).toEqual({ ok: true, value: event });
      }),
    );
  });

  it('of any bytes ends once for each item, and says only what can be computed again', () => {
    const rig = rigFor();
    const known = fc.constantFrom(...vectors.messages.map(({ payload }) => payload));
    const damaged = fc
      .tuple(known, fc.nat(200), fc.constantFrom('', '}', '[', '"', '9'))
      .map(([text, at, by]) => text.slice(0, at) + by + text.slice(at + 1));
    const payload = fc.oneof(known, damaged, fc.json(), fc.string());
    fc.assert(
      fc.property(fc.constantFrom(RX, 'home/car', `wican/${vectors.id}/cmd`), payload, (topic, text) => {
        rig.said.length = 0;
        rig.say(topic, text);
        expect(rig.undecided).toBe(0);
        for (const { body, raw } of rig.said) expect(redecode(raw)).toEqual([body]);
      }),
    );
  });
});

describe('options of a WiCAN', () => {
  it.each([
    [{ device: '34B7DA1A2B3C' }, 'options.device'],
    [{ signals: { SOC: 'Vehicle.Sped' } }, 'options.signals.SOC'],
    [{ signals: { SOC: { signal: 'Vehicle.Speed', unit: 'V' } } }, 'options.signals.SOC.unit'],
    [{ signals: { SOC: { signal: 'Vehicle.Speed', scale: 2 } } }, 'options.signals.SOC.scale'],
    [{ signals: [] }, 'options.signals'],
    [{ silentAfterMs: 0 }, 'options.silentAfterMs'],
    [{ topic: 'x' }, 'options.topic'],
  ])('%j are refused at %s', (options, where) => {
    expect(checkOptions(options)).toMatchObject({ ok: false, fault: { kind: 'misconfigured', where } });
  });
});
