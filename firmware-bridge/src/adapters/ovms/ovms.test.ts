import type { Body } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { garbage, messageRig } from '../../testing/message-rig.ts';
import { ovmsCodec } from './codec.ts';
import { METRIC_COUNT } from './metrics.ts';
import { checkOptions } from './options.ts';
import { redecode } from './redecode.ts';
import { ovmsSession } from './session.ts';
import { topicOf } from './topic.ts';
import vectors from './vectors/messages.json' with { type: 'json' };

const rigFor = (options: unknown = { records: true }) => {
  const checked = checkOptions(options);
  if (!checked.ok) throw new Error(checked.fault.words);
  return messageRig(ovmsCodec, ovmsSession(checked.value));
};

const shown = ({ body }: { readonly body: Body }): unknown => {
  if (body.kind === 'number') return [body.signal, body.mantissa];
  if (body.kind === 'text') return `${body.signal} ${body.text}`;
  return body.kind === 'identity' ? `${body.of} ${body.text}` : body;
};

const at = (topic: string): string => `${vectors.prefix}${topic}`;

describe('what an OVMS module publishes', () => {
  it.each(vectors.messages)('$topic says what the vectors say', ({ topic, payload, readings }) => {
    const rig = rigFor();
    rig.say(at(topic), payload);
    expect(rig.last).toEqual(['observed']);
    expect(rig.said.map(shown)).toEqual(readings);
    for (const { body, raw } of rig.said) expect(redecode(raw)).toContainEqual(body);
  });

  it('reads metrics by a table that has what matters', () => {
    expect(METRIC_COUNT).toBeGreaterThanOrEqual(40);
  });

  it('makes one position of a latitude and the longitude behind it', () => {
    const rig = rigFor();
    rig.say(at('metric/v/p/longitude'), '114.161');
    expect(rig.last).toEqual(['no-latitude']);
    rig.say(at('metric/v/p/latitude'), '22.2809');
    expect(rig.last).toEqual(['control']);
    rig.say(at('metric/v/p/longitude'), '-114.161002');
    const [{ body, raw } = expect.fail('nothing was said')] = rig.said;
    expect(body).toMatchObject({
      kind: 'position',
      latitude: 222_809_000,
      longitude: -1_141_610_020,
      fix: '2d',
    });
    expect(redecode(raw)).toEqual([body]);
    rig.say(at('metric/v/p/latitude'), '91');
    expect(rig.last).toEqual(['ovms.angle']);
  });

  it('keeps a record once, though it comes again with a greater age, and only where told to', () => {
    const rig = rigFor();
    const [first, again] = ['notify/data/log/17/-42', 'notify/data/log/17/-43'].map(at);
    rig.say(first ?? '', 'a,b');
    rig.say(again ?? '', 'a,b');
    expect(rig.last).toEqual(['repeated']);
    rig.say(again ?? '', 'another after a restart');
    expect(rig.last).toEqual(['observed']);
    const silent = rigFor({});
    silent.say(first ?? '', 'a,b');
    expect(silent.last).toEqual(['record']);
    expect(silent.said).toEqual([]);
  });

  it('says an event once, though the module publishes it twice', () => {
    const rig = rigFor();
    rig.say(at('event'), 'vehicle.on');
    rig.say(at('event/vehicle/on'), '');
    expect(rig.last).toEqual(['said-by-event']);
    expect(rig.said.map(shown)).toEqual(['870 vehicle.on']);
  });

  it('stored by the broker is shown as last known and never said', () => {
    const rig = rigFor();
    rig.say(at('metric/v/b/soc'), '72.5', true);
    rig.say(at('metric/v/p/latitude'), '22', true);
    rig.say(at('metric/v/p/longitude'), '22', true);
    expect(rig.last).toEqual(['retained']);
    expect(rig.said).toEqual([]);
    expect(rig.statuses.at(-1)?.facts).toMatchObject({
      'lastKnown.Vehicle.Powertrain.TractionBattery.StateOfCharge.Current': 72.5,
    });
    rig.say(at('metric/v/p/longitude'), '22');
    expect(rig.last).toEqual(['no-latitude']);
  });

  it('of the simulator says so', () => {
    const rig = rigFor();
    for (const [topic, payload] of [
      ['metric/v/b/soc', '1'],
      ['event', 'x'],
      ['metric/v/p/latitude', '1'],
      ['metric/v/p/longitude', '1'],
    ] as const) {
      rig.say(`ovms/outpost-simulator/CAR1/${topic}`, payload);
    }
    expect(rig.said.map(({ origin }) => origin)).toEqual(['simulated', 'simulated', 'simulated']);
  });

  it('tells by its will when the module has gone', () => {
    const rig = rigFor({ silentAfterMs: 5_000 });
    rig.say(at('metric/s/v3/connected'), 'yes');
    rig.say(at('metric/s/v3/connected'), 'no');
    rig.say(at('metric/v/b/soc'), '50');
    rig.run(10_000);
    expect(rig.statuses.map(({ phase }) => phase)).toEqual([
      'waiting',
      'online',
      'offline',
      'online',
      'silent',
    ]);
  });

  it('of another module, of other readers and of unknown metrics is not said', () => {
    const rig = rigFor({ signals: { 'xnl.v.b.gids': 'Sensor.Count' } });
    rig.say(at('client/app/active'), '1');
    rig.say('ovms/owner/CAR2/metric/v/b/soc', '50');
    rig.say(at('metric/xnl/v/b/other'), '50');
    rig.say('something/else', '50');
    expect(rig.fates.map((fate) => (fate.kind === 'dropped' ? fate.reason : fate.kind))).toEqual([
      'control',
      'stranger',
      'not-mapped',
      'other-topic',
    ]);
    rig.say(at('metric/xnl/v/b/gids'), '281');
    expect(rig.said.map(shown)).toEqual([[840, 281]]);
  });

  it('keeps aside what cannot be read', () => {
    const rig = rigFor();
    rig.say(at('metric/v/b/soc'), 'full');
    expect(rig.last).toEqual(['mapping.value']);
    rig.say(at('metric/v/b/soc'), '');
    expect(rig.last).toEqual(['no-value']);
    rig.say(at('event'), garbage);
    expect(rig.last).toEqual(['ovms.text']);
    rig.say(at('notify/info/x'), 'x'.repeat(3_000));
    expect(rig.last).toEqual(['ovms.text']);
  });

  it('has topics with any prefix', () => {
    expect(topicOf('a/metric/v/b/soc')).toEqual({ kind: 'metric', prefix: 'a/', name: 'v/b/soc' });
    expect(topicOf('a/b/c/notify/info/x')).toMatchObject({ kind: 'notice', prefix: 'a/b/c/' });
    expect(['metric/v', 'a/metric', 'a/notify/data/x/y/z', 'a/other'].map(topicOf)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('of any bytes ends once, and says only what can be computed again', () => {
    const rig = rigFor();
    const topics = [
      ...vectors.messages.map(({ topic }) => topic),
      'metric/v/p/latitude',
      'metric/v/p/longitude',
    ];
    const text = fc.oneof(
      fc.constantFrom(...vectors.messages.map(({ payload }) => payload)),
      fc.string(),
      fc.double().map(String),
    );
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      text.map((each) => new TextEncoder().encode(each)),
    );
    fc.assert(
      fc.property(fc.constantFrom(...topics), payload, (topic, bytes) => {
        rig.said.length = 0;
        rig.say(at(topic), bytes);
        expect(rig.last).toHaveLength(1);
        for (const { body, raw } of rig.said) expect(redecode(raw)).toContainEqual(body);
      }),
    );
  });
});

describe('options of an OVMS module', () => {
  it.each([
    [{ records: 'yes' }, 'options.records'],
    [{ silentAfterMs: 1 }, 'options.silentAfterMs'],
    [{ signals: { a: 'b' } }, 'options.signals.a'],
    [{ prefix: 'x' }, 'options.prefix'],
  ])('%j are refused at %s', (options, where) => {
    expect(checkOptions(options)).toMatchObject({ ok: false, fault: { kind: 'misconfigured', where } });
  });
});
