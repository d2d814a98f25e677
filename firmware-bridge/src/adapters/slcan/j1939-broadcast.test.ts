import { encodeParameterGroup } from '@outpost/schemas/vehicle';
import { asciiBytes, type Body, toHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { j1939Id } from '../../obd/j1939-id.ts';
import { segmentJ1939 } from '../../obd/j1939-transport.ts';
import { noProfileFile } from '../../obd/profile-reader.ts';
import { createRig, type Rig } from '../../testing/rig.ts';
import { slcanCodec } from './codec.ts';
import { checkOptions } from './options.ts';
import { GOOD_UNIT, lineOf, playAdapter } from './play-adapter.ts';
import { redecode } from './redecode.ts';
import { slcanSession } from './session.ts';

const noFile = (): never => {
  throw new Error('no file is read here');
};

const linesOf = (pgn: number, bytes: Uint8Array, source: number): readonly string[] =>
  segmentJ1939(pgn, bytes).map((one) =>
    lineOf(j1939Id({ priority: 6, pgn: one.pgn, source, destination: undefined }), toHex(one.bytes)),
  );

const ENGINE = 0x00;
const BRAKES = 0x0b;
const RPM = linesOf(61_444, encodeParameterGroup(61_444, [{ signal: 2, mantissa: 150_000 }]), ENGINE);
const SPEED = linesOf(65_265, encodeParameterGroup(65_265, [{ signal: 1, mantissa: 80 }]), BRAKES);
const SILENT = linesOf(65_266, new Uint8Array(8).fill(0xff), ENGINE);
const VIN = linesOf(65_260, asciiBytes('1D4GP00R55B123456*'), ENGINE);
const DM1 = linesOf(65_226, Uint8Array.of(0x40, 0xff, 0x6e, 0, 3, 1, 0xbe, 0, 8, 2), ENGINE);
/** A message to one receiver, which asks it to answer. */
const PRIVATE = [lineOf(0x1cec_f900, '100A0002FFCAFE00')];

const rigOf = (): Rig => {
  const options = checkOptions({ j1939: true, bitRateKbps: 250 }, noFile, noProfileFile);
  if (!options.ok) throw new Error(options.fault.words);
  const far = playAdapter({ rate: 5, extended: true, units: [GOOD_UNIT], broadcast: RPM });
  const rig = createRig(slcanCodec, slcanSession(options.value), far);
  rig.run(3_000);
  return rig;
};

const hear = (rig: Rig, lines: readonly string[]): void => {
  for (const line of lines) {
    rig.receive(asciiBytes(`${line}\r`));
    rig.run(20);
  }
};

const textOf = (body: Body): string => {
  if (body.kind === 'number') return `${body.signal}=${body.mantissa}@${body.ecu.toString(16)}`;
  if (body.kind === 'codes') return `${body.status}=${body.codes.join()}@${body.ecu.toString(16)}`;
  return body.kind === 'identity' ? `${body.of}=${body.text}` : body.kind;
};

const reasonsOf = ({ fates }: Rig): readonly string[] => [
  ...new Set(
    fates.flatMap((fate) => {
      if (fate.kind === 'dropped') return [fate.reason];
      return fate.kind === 'quarantined' ? [fate.fault.code] : [];
    }),
  ),
];

describe('the bus of a heavy vehicle', () => {
  it('is read without a word: values, codes, the VIN, each by who says it and at its pace', () => {
    const rig = rigOf();
    for (let round = 0; round < 50; round += 1) {
      hear(rig, [...RPM, ...SPEED, ...SILENT, ...PRIVATE, ...VIN, ...DM1]);
    }
    const texts = rig.said.map(({ body }) => textOf(body));
    expect(new Set(texts.filter((text) => !text.startsWith('adapter')))).toEqual(
      new Set([
        '2=150000@18eeff00',
        '1=80@18eeff0b',
        'vin=1D4GP00R55B123456',
        'stored=SPN110-FMI3,SPN190-FMI8@18eeff00',
        '24=1@18eeff00',
      ]),
    );
    expect(texts.filter((text) => text.startsWith('2=')).length).toBeLessThan(25);
    expect(texts.filter((text) => text.startsWith('vin=')).length).toBe(1);
    expect(reasonsOf(rig).toSorted()).toEqual(['no-value', 'not-asked', 'not-mapped', 'paced']);
    for (const { body, raw } of rig.said) expect(redecode(raw)).toContainEqual(body);
    expect(rig.undecided).toBe(0);
    const sent = rig.sent.map((bytes) => String.fromCharCode(...bytes));
    expect(sent.every((text) => !/^[tTO]/.test(text))).toBe(true);
  });

  it('keeps a message aside of which a packet is lost, and one that never ends', () => {
    const rig = rigOf();
    hear(rig, DM1.toSpliced(1, 1));
    expect(reasonsOf(rig)).toContain('j1939.sequence');
    hear(rig, VIN.slice(0, 3));
    rig.run(1_000);
    hear(rig, RPM);
    expect(reasonsOf(rig)).toContain('j1939.unfinished');
    expect(rig.said.map(({ body }) => body.kind)).not.toContain('codes');
    expect(rig.undecided).toBe(0);
  });

  it('leaves nothing undecided when it goes quiet in the middle of a message', () => {
    const rig = rigOf();
    hear(rig, VIN.slice(0, 2));
    rig.run(60_000);
    expect(rig.undecided).toBe(0);
  });

  it('is a choice of true or false', () => {
    expect(checkOptions({ j1939: 'yes' }, noFile, noProfileFile)).toMatchObject({ ok: false });
    expect(checkOptions({ j1939: false }, noFile, noProfileFile)).toMatchObject({
      ok: true,
      value: { broadcast: undefined },
    });
  });
});
