import { asciiText } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { noProfileFile } from '../../obd/profile-reader.ts';
import { createRig, type Rig } from '../../testing/rig.ts';
import { slcanCodec } from './codec.ts';
import { checkOptions } from './options.ts';
import { GOOD_UNIT, lineOf, type Play, playAdapter } from './play-adapter.ts';
import { redecode } from './redecode.ts';
import { slcanSession } from './session.ts';

const BEL = '\u0007';

const GOOD: Play = { rate: 6, extended: false, units: [GOOD_UNIT] };

const sentOf = ({ sent }: Rig): readonly string[] => sent.map((bytes) => asciiText(bytes).replace('\r', ''));

const textsOf = ({ said }: Rig): readonly string[] =>
  said.map(({ body }) => (body.kind === 'number' ? `${body.signal}=${body.mantissa}` : body.kind));

const phases = ({ statuses }: Rig): readonly string[] => [...new Set(statuses.map(({ phase }) => phase))];

const DBC = `BO_ 291 Dash: 4 X
 SG_ Speed : 7|16@0+ (0.0625,0) [0|400] "km/h" X
 SG_ Coolant : 16|8@1+ (1,-40) [-40|210] "degC" X
BO_ 292 Other: 1 X
 SG_ Door : 0|1@1+ (1,0) [0|1] "" X
`;
const MAP = JSON.stringify({
  'Dash.Speed': 'Vehicle.Speed',
  'Dash.Coolant': 'Vehicle.Powertrain.CombustionEngine.ECT',
});

describe('a bus that is read by a DBC file', () => {
  const files: Readonly<Record<string, string>> = { 'car.dbc': DBC, 'map.json': MAP };
  const options = (more: object = {}) => {
    const given = { dbc: 'car.dbc', dbcMap: 'map.json', ...more };
    const checked = checkOptions(given, (path) => ({ ok: true, value: files[path] ?? '' }), noProfileFile);
    if (!checked.ok) throw new Error(`${checked.fault.where}: ${checked.fault.words}`);
    return checked.value;
  };
  const lines = [lineOf(291, '06407800'), lineOf(292, '01'), lineOf(291, '064078')];

  it('is only listened to, and every mapped signal is a reading at its pace', () => {
    const rig = createRig(slcanCodec, slcanSession(options()), playAdapter({ ...GOOD, broadcast: lines }));
    rig.run(5_000);
    for (let ms = 0; ms < 10_000; ms += 100) {
      rig.receive(Uint8Array.from(`${lines.join('\r')}\r`, (letter) => letter.charCodeAt(0)));
      rig.run(100);
    }
    expect(sentOf(rig).every((text) => !/^[tTO]/.test(text))).toBe(true);
    expect(textsOf(rig).filter((text) => text === '1=100')).toHaveLength(10);
    expect(textsOf(rig).filter((text) => text === '5=80')).toHaveLength(1);
    const count = (reason: string): number =>
      rig.fates.filter((fate) => fate.kind === 'dropped' && fate.reason === reason).length;
    expect(count('not-mapped')).toBe(100);
    expect(count('paced')).toBe(90);
    expect(rig.fates.filter((fate) => fate.kind === 'quarantined')).toHaveLength(100);
    expect(rig.undecided).toBe(0);
    for (const { body, raw } of rig.said) expect(redecode(raw)).toContainEqual(body);
    const speed = rig.said.find(({ body }) => body.kind === 'number' && body.signal === 1);
    expect(asciiText(speed!.raw)).toBe('t123406407800\r#7|16@0+ (0.0625,0) Vehicle.Speed');
  });

  it('is not touched where the adapter cannot listen without a word', () => {
    const play = playAdapter({ ...GOOD, quirks: { L: BEL } });
    const rig = createRig(slcanCodec, slcanSession(options()), play);
    rig.run(30_000);
    expect(rig.reopen).toMatchObject({ code: 'slcan.cannot-listen' });
    expect(sentOf(rig)).not.toContain('O');
  });

  it('is looked for again while it is silent, without anything said on it', () => {
    const rig = createRig(slcanCodec, slcanSession(options()), playAdapter(GOOD));
    rig.run(60_000);
    expect(phases(rig)).toContain('bus-quiet');
    expect(sentOf(rig).every((text) => !/^[tTO]/.test(text))).toBe(true);
  });

  it.each([
    [{ dbc: 'car.dbc' }, 'options.dbcMap'],
    [{ dbc: 'car.dbc', dbcMap: 'car.dbc' }, 'car.dbc'],
    [{ bitRateKbps: 499 }, 'options.bitRateKbps'],
    [{ identifierBits: 12 }, 'options.identifierBits'],
    [{ answerTimeoutMs: 1 }, 'options.answerTimeoutMs'],
    [{ voltageEveryMs: 1_000 }, 'options.voltageEveryMs'],
  ])('or any bus is not read with options that make no sense: %j', (given, where) => {
    const checked = checkOptions(given, (path) => ({ ok: true, value: files[path] ?? '' }), noProfileFile);
    expect(checked).toMatchObject({ ok: false, fault: { kind: 'misconfigured', where } });
  });
});
