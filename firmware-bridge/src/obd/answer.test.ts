import { fromHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { answerBodies, matchAnswer } from './answer.ts';

const bytes = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(0);

describe('the match of an answer with its request', () => {
  it.each([
    ['010C', '410C1AF8', { kind: 'positive' }],
    ['0902', '490201', { kind: 'positive' }],
    ['03', '4300', { kind: 'positive' }],
    ['0A', '4A00', { kind: 'positive' }],
    ['020C00', '420C001AF8', { kind: 'positive' }],
    ['0601', '46010A0B0DC009001000', { kind: 'positive' }],
    ['22F190', '62F190313233', { kind: 'positive' }],
    ['19020C', '59020C', { kind: 'positive' }],
    ['1003', '5003003201F4', { kind: 'positive' }],
    ['3E00', '7E00', { kind: 'positive' }],
    ['22F190', '7F2278', { kind: 'negative', code: 0x78 }],
    ['010C', '7F0112', { kind: 'negative', code: 0x12 }],
    ['03', '7F0378', { kind: 'negative', code: 0x78 }],
  ])('%s is answered by %s', (request, payload, value) => {
    expect(matchAnswer(bytes(request), bytes(payload))).toEqual({ ok: true, value });
  });

  it.each([
    ['another parameter', '010C', '410D32'],
    ['another service', '010C', '490C1AF8'],
    ['no parameter', '010C', '41'],
    ['the request itself', '010C', '010C'],
    ['a refusal of another service', '010C', '7F0912'],
    ['a refusal without its code', '010C', '7F01'],
    ['a refusal with more than its code', '010C', '7F011200'],
    ['codes of another kind', '03', '4700'],
    ['another freeze frame', '020C00', '420C011AF8'],
    ['half an identifier', '22F190', '62F1'],
    ['another identifier', '22F190', '62F191313233'],
    ['another function', '19020C', '59010C'],
    ['nothing', '010C', ''],
  ])('refuses %s', (_, request, payload) => {
    expect(matchAnswer(bytes(request), bytes(payload))).toMatchObject({
      ok: false,
      fault: { kind: 'malformed', code: 'obd.echo-mismatch' },
    });
  });
});

describe('what an answer says', () => {
  const ecu = 0x7e8;
  const number = (signal: number, mantissa: number): object => ({ kind: 'number', signal, mantissa, ecu });
  const identity = (of: string, text: string): object => ({ kind: 'identity', of, text, ecu });

  it.each([
    ['410C1AF8', [number(2, 172_600)]],
    ['410D32', [number(1, 50)]],
    ['4100BE3FA813', []],
    ['420C001AF8', [number(10_002, 172_600)]],
    ['4202000104', [number(10_036, 0x0104)]],
    [
      '46010A0B0DC009001000',
      [{ kind: 'text', signal: 600, text: 'monitor 01 test 0A: 3.520 V, 2.304 to 4.096, passed', ecu }],
    ],
    ['4600C0000001', []],
    [
      '5902FF01041A2EC1230004',
      [
        { kind: 'codes', status: 'stored', codes: ['P0104-1A'], ecu },
        { kind: 'codes', status: 'pending', codes: ['P0104-1A', 'U0123-00'], ecu },
      ],
    ],
    ['5003003201F4', []],
    ['7E00', []],
    ['490054000000', []],
    ['4300', [{ kind: 'codes', status: 'stored', codes: [], ecu }]],
    ['470201044123', [{ kind: 'codes', status: 'pending', codes: ['P0104', 'C0123'], ecu }]],
    ['4A018003', [{ kind: 'codes', status: 'permanent', codes: ['B0003'], ecu }]],
    ['4902013144344750303052353542313233343536', [identity('vin', '1D4GP00R55B123456')]],
    [
      '4906021791BC8216E062BE',
      [identity('calibration-verification', '1791BC82'), identity('calibration-verification', '16E062BE')],
    ],
    ['490A0145434D002D456E67696E65436F6E74726F6C0000', [identity('ecu-name', 'ECM-EngineControl')]],
  ])('%s', (payload, bodies) => {
    expect(answerBodies(ecu, bytes(payload))).toEqual({ ok: true, value: bodies });
  });

  it.each([
    ['a length that the parameter does not have', '410C1A', 'j1979.length'],
    ['a parameter that no table knows', '41FE00', 'j1979.unknown-pid'],
    ['fewer codes than announced', '43020104', 'j1979.dtc-length'],
    ['a number that is none', '49020131443447503030523535423132333435', 'j1979.vin'],
    ['information that is not read', '490801', 'obd.not-read'],
    ['another freeze frame', '420C011AF8', 'j1979.freeze-frame'],
    ['half a test', '46010A0B0DC00900', 'j1979.monitor'],
    ['half a code', '5902FF01041A', 'uds.dtc-length'],
    ['another report', '590104', 'obd.not-read'],
    ['an identifier that no table knows', '62F190', 'obd.not-read'],
    ['a service alone', '41', 'obd.not-read'],
    ['nothing', '', 'obd.not-read'],
  ])('is nothing with %s', (_, payload, code) => {
    expect(answerBodies(ecu, bytes(payload))).toMatchObject({
      ok: false,
      fault: { kind: 'malformed', code },
    });
  });
});
