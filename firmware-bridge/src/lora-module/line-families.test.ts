import { fromHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import type { AdapterParts } from '../adapter.ts';
import { loraE5Parts, redecode as redecodeLoraE5 } from '../adapters/lora-e5/index.ts';
import { redecode as redecodeRn2483, rn2483Parts } from '../adapters/rn2483/index.ts';
import { redecode as redecodeRylr, rylrParts } from '../adapters/rylr/index.ts';
import { createRig } from '../testing/rig.ts';
import { downlink, type LineAnswers, lines, playLines } from './testing.ts';

const OPTIONS = { frequencyHz: 868_100_000, powerDbm: 12, antennaGainDbi: 2, region: 'EU868' };
const phy = fromHex('40112233') ?? new Uint8Array(0);

const start = async <O, S, E>(
  parts: AdapterParts<O, S, string, E>,
  answers: LineAnswers,
  options: object = OPTIONS,
) => {
  const checked = await parts.check(options);
  if (!checked.ok) throw new Error(checked.fault.words);
  const rig = createRig(parts.codec, parts.session(checked.value), playLines(answers));
  rig.run(10_000);
  expect(rig.statuses.at(-1)?.phase).toBe('listening');
  expect(rig.undecided).toBe(0);
  return rig;
};

const texts = (sent: readonly Uint8Array[]): readonly string[] =>
  sent.map((bytes) => new TextDecoder().decode(bytes).trimEnd());

const receptions = (said: readonly { readonly body: object }[]) =>
  said.map(({ body }) => body).filter((body) => 'direction' in body);

describe('a LoRa-E5', () => {
  const answers: LineAnswers = (line) => {
    if (line === 'AT+VER') return ['+VER: 4.0.11'];
    if (line.startsWith('AT+TEST=TXLRPKT')) return [`+TEST: ${line.slice(8)}`, '+TEST: TX DONE'];
    const [, name = 'AT', words = 'OK'] = /^AT\+([A-Z]+)=(.*)$/.exec(line) ?? [];
    return [`+${name}: ${words.replace(',', ' F:')}`];
  };

  it('is set up, and tells a reception in two lines whose lengths agree', async () => {
    const rig = await start(loraE5Parts, answers);
    expect(texts(rig.sent)).toEqual([
      'AT',
      'AT+VER',
      'AT+MODE=TEST',
      'AT+TEST=RFCFG,868.1,SF7,125,8,8,12,ON,OFF,ON',
      'AT+TEST=RXLRPKT',
    ]);
    rig.receive(lines('+TEST: LEN:4, RSSI:-26, SNR:13', '+TEST: RX "40112233"'));
    expect(receptions(rig.said)).toMatchObject([{ phy, rssiDeciDbm: -260, snrDeciDb: 130 }]);
    for (const { body, raw } of rig.said) expect(redecodeLoraE5(raw)).toEqual([body]);
    expect(rig.fates.slice(-2)).toEqual([{ kind: 'observed' }, { kind: 'observed' }]);
  });

  it('that lost a line or bytes of one is not believed, and the next reception is', async () => {
    const rig = await start(loraE5Parts, answers);
    const before = rig.fates.length;
    rig.receive(lines('+TEST: RX "40112233"'));
    rig.receive(lines('+TEST: LEN:5, RSSI:-26, SNR:13', '+TEST: RX "40112233"'));
    rig.receive(
      lines('+TEST: LEN:5, RSSI:-26, SNR:13', '+TEST: LEN:4, RSSI:-27, SNR:12', '+TEST: RX "40112233"'),
    );
    rig.receive(lines('+TEST: LEN:9, RSSI:-26, SNR:13'));
    rig.run(5_000);
    expect(receptions(rig.said)).toMatchObject([{ rssiDeciDbm: -270 }]);
    expect(rig.fates.slice(before).map(({ kind }) => kind)).toEqual([
      'quarantined',
      'quarantined',
      'quarantined',
      'quarantined',
      'observed',
      'observed',
      'quarantined',
    ]);
  });

  it('sends, says so, and listens again', async () => {
    const rig = await start(loraE5Parts, answers);
    rig.order(downlink('a', phy, {}, 'beacon'));
    rig.run(3_000);
    expect(rig.outcomes).toMatchObject([{ kind: 'done' }]);
    expect(receptions(rig.said)).toMatchObject([{ direction: 'sent', phy }]);
    expect(texts(rig.sent).slice(-2)).toEqual(['AT+TEST=TXLRPKT,"40112233"', 'AT+TEST=RXLRPKT']);
    for (const { body, raw } of rig.said) expect(redecodeLoraE5(raw)).toEqual([body]);
  });

  it('that lost its mode is set up again', async () => {
    let lost = true;
    const rig = await start(loraE5Parts, (line) => {
      if (!line.startsWith('AT+TEST=TX') || !lost) return answers(line);
      lost = false;
      return ['+TEST: ERROR(-12)'];
    });
    rig.order(downlink('a', phy));
    rig.run(5_000);
    expect(rig.outcomes).toMatchObject([{ kind: 'refused', code: 'wrong-mode' }]);
    expect(texts(rig.sent).filter((text) => text === 'AT+MODE=TEST')).toHaveLength(2);
    expect(texts(rig.sent).at(-1)).toBe('AT+TEST=RXLRPKT');
  });

  it('takes no other coding rate', async () => {
    expect(await loraE5Parts.check({ ...OPTIONS, codingRate: 2 })).toMatchObject({ ok: false });
  });
});

describe('an RN2483', () => {
  const VERSION = 'RN2483 1.0.5 Oct 31 2018 15:06:52';
  const answers: LineAnswers = (line) => {
    if (line === 'sys get ver' || line === 'sys reset') return [VERSION];
    if (line === 'mac pause') return ['4294967245'];
    if (line === 'radio get snr') return ['-7'];
    if (line === 'radio get rssi') return ['-95'];
    if (line.startsWith('radio tx')) return ['ok', 'radio_tx_ok'];
    return ['ok'];
  };

  it('is asked for ratio and strength after each frame, and told to listen again', async () => {
    const rig = await start(rn2483Parts, answers);
    const before = rig.sent.length;
    rig.receive(lines('radio_rx  40112233'));
    rig.run(1_000);
    expect(texts(rig.sent.slice(before))).toEqual(['radio get snr', 'radio get rssi', 'radio rx 0']);
    expect(receptions(rig.said)).toMatchObject([{ phy, rssiDeciDbm: -950, snrDeciDb: -70 }]);
    for (const { body, raw } of rig.said) expect(redecodeRn2483(raw)).toEqual([body]);
    expect(rig.undecided).toBe(0);
  });

  it('of older firmware tells the ratio alone, one that tells nothing the frame alone', async () => {
    const older = await start(rn2483Parts, (line) =>
      line === 'radio get rssi' ? ['invalid_param'] : answers(line),
    );
    older.receive(lines('radio_rx  40112233'));
    older.run(1_000);
    expect(receptions(older.said)).toMatchObject([{ rssiDeciDbm: undefined, snrDeciDb: -70 }]);
    const mute = await start(rn2483Parts, (line) => (line === 'radio get snr' ? [] : answers(line)));
    mute.receive(lines('radio_rx  40112233'));
    mute.run(10_000);
    expect(receptions(mute.said)).toMatchObject([{ rssiDeciDbm: undefined, snrDeciDb: undefined }]);
    for (const { body, raw } of [...older.said, ...mute.said]) expect(redecodeRn2483(raw)).toEqual([body]);
    expect(texts(mute.sent).at(-1)).toBe('radio rx 0');
  });

  it('listens again after an error, and is set up again after its greeting', async () => {
    const rig = await start(rn2483Parts, answers);
    const before = rig.sent.length;
    rig.receive(lines('radio_err'));
    rig.run(1_000);
    expect(texts(rig.sent.slice(before))).toEqual(['radio rx 0']);
    rig.receive(lines(VERSION));
    rig.run(5_000);
    expect(rig.happenings).toMatchObject([{ what: 'module-restarted' }]);
    expect(texts(rig.sent).filter((text) => text === 'mac pause')).toHaveLength(2);
  });

  it('that is still receiving is stopped before it sends', async () => {
    let receiving = false;
    const rig = await start(rn2483Parts, (line) => {
      if (line === 'radio rxstop') receiving = false;
      if (receiving && line.startsWith('radio tx')) return ['busy'];
      if (line === 'radio rx 0') receiving = true;
      return answers(line);
    });
    rig.order(downlink('a', phy));
    rig.run(3_000);
    expect(rig.outcomes).toMatchObject([{ kind: 'done' }]);
    expect(texts(rig.sent).slice(-4)).toEqual([
      'radio tx 40112233',
      'radio rxstop',
      'radio tx 40112233',
      'radio rx 0',
    ]);
  });

  it('that refuses the frequency is of another make, and the owner reads so', async () => {
    const checked = await rn2483Parts.check({ ...OPTIONS, frequencyHz: 915_000_000 });
    if (!checked.ok) throw new Error(checked.fault.words);
    const refusing: LineAnswers = (line) =>
      line.startsWith('radio set freq') ? ['invalid_param'] : answers(line);
    const rig = createRig(rn2483Parts.codec, rn2483Parts.session(checked.value), playLines(refusing));
    rig.run(20_000);
    expect(rig.reopen).toMatchObject({ code: 'rn2483.set-up-refused' });
    expect(rig.reopen?.words).toContain('does its make cover the frequency?');
  });
});

describe('a Reyax module', () => {
  const { region: _region, powerDbm: _power, antennaGainDbi: _gain, ...listen } = OPTIONS;
  const module = (): LineAnswers => {
    const values = new Map([
      ['VER', 'RYLR998_REYAX_V1.2.2'],
      ['MODE', '0'],
      ['BAND', '915000000'],
      ['PARAMETER', '9,7,1,12'],
    ]);
    return (line) => {
      const [, name = '', mark, value = ''] = /^AT\+?([A-Z]*)([?=])?(.*)$/.exec(line) ?? [];
      if (mark === '?') return [`+${name}=${values.get(name) ?? ''}`];
      if (mark === '=') values.set(name, value);
      return ['+OK'];
    };
  };

  it('is told what differs, and tells receptions whose data hold line ends', async () => {
    const rig = await start(rylrParts, module(), listen);
    expect(texts(rig.sent)).toEqual([
      'AT',
      'AT+VER?',
      'AT+MODE?',
      'AT+BAND?',
      'AT+BAND=868100000',
      'AT+PARAMETER?',
      'AT+PARAMETER=7,7,1,12',
    ]);
    rig.receive(lines('+RCV=50,8,a,b\r\n+OK,-99,40'));
    expect(receptions(rig.said)).toMatchObject([{ rssiDeciDbm: -990, snrDeciDb: 400 }]);
    for (const { body, raw } of rig.said) expect(redecodeRylr(raw)).toEqual([body]);
    expect(await rylrParts.check({ ...listen, powerDbm: 5 })).toMatchObject({ ok: false });
  });

  it('whose length is wrong loses that reception, and no line after it', async () => {
    const rig = await start(rylrParts, module(), listen);
    rig.receive(lines('+RCV=50,9,ab,-99,40', '+RCV=50,2,cd,-98,41', '+RCV=50,2,ef,-97,42'));
    expect(receptions(rig.said)).toMatchObject([{ rssiDeciDbm: -980 }, { rssiDeciDbm: -970 }]);
  });

  it('that is ready anew, or errs without a question, is noticed', async () => {
    const rig = await start(rylrParts, module(), listen);
    rig.receive(lines('+ERR=2'));
    expect(rig.fates.at(-1)).toEqual({ kind: 'dropped', reason: 'late' });
    rig.receive(lines('+READY'));
    rig.run(5_000);
    expect(rig.happenings).toMatchObject([{ what: 'module-restarted' }]);
    expect(rig.statuses.at(-1)?.phase).toBe('listening');
  });
});
