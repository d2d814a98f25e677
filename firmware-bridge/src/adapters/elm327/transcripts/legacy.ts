import { legacyCar, legacyReply } from './legacy-car.ts';
import type { Transcript } from './transcript.ts';

/** 1,726 rpm, from the control unit of the engine at address 10. */
const RPM = '2=172600@10';
const VIN = 'vin=1D4GP00R55B123456@10';

const ISO: Readonly<Record<string, string>> = { ...legacyCar('iso9141'), ATDPN: 'A3' };
const KWP: Readonly<Record<string, string>> = { ...legacyCar('kwp'), ATDPN: 'A5' };
const LINE = '486B10410C1AF8C2';

const both = (payload: string, other: string): string =>
  `${legacyReply('kwp', payload)}|${legacyReply('kwp', other, { ecu: 0x18 })}`;

/** Cars with one of the buses before CAN. Lines that stand here as text are from public reports and data sheets. */
export const LEGACY_TRANSCRIPTS: readonly Transcript[] = [
  { name: 'ISO 9141-2', replies: ISO, says: [RPM, VIN, 'stored=@10', 'protocol=ISO 9141-2@0'] },
  {
    name: 'ISO 9141-2, the lines as they are printed',
    replies: {
      ...ISO,
      '0100': '48 6B 10 41 00 08 18 00 00 24 ',
      '0902':
        '48 6B 10 49 02 01 00 00 00 31 40 |48 6B 10 49 02 02 44 34 47 50 1F |48 6B 10 49 02 03 30 30 52 35 F8 |48 6B 10 49 02 04 35 42 31 32 EC |48 6B 10 49 02 05 33 34 35 36 E5 ',
      '010C': '48 6B 10 41 0C 1A F8 22 ',
      ATS0: '?',
    },
    says: [RPM, VIN],
  },
  {
    name: 'ISO 14230-4, fast init',
    replies: KWP,
    says: [RPM, VIN, 'protocol=ISO 14230-4 KWP, fast init@0'],
  },
  {
    name: 'ISO 14230-4, slow init, its note glued to the answer',
    replies: {
      ...KWP,
      ATDPN: '4',
      '0100': [`BUS INIT: ...OK${KWP['0100']}`, KWP['0100'] ?? ''],
    },
    says: [RPM, VIN, 'protocol=ISO 14230-4 KWP, slow init@0'],
  },
  {
    name: 'the whole search before the answer, glued',
    replies: { ...KWP, '0100': [`SEARCHING...BUS INIT: OK|${KWP['0100']}`, KWP['0100'] ?? ''] },
    says: [RPM],
  },
  {
    name: 'the bus is woken anew in the middle',
    replies: { ...KWP, '010C': [KWP['010C'] ?? '', `BUS INIT: OK|${KWP['010C']}`] },
    says: [RPM],
  },
  {
    name: 'SAE J1850 VPW',
    replies: { ...legacyCar('vpw'), ATDPN: 'A2' },
    says: [RPM, VIN, 'protocol=SAE J1850 VPW@0'],
  },
  {
    name: 'SAE J1850 PWM',
    replies: { ...legacyCar('pwm'), ATDPN: 'A1' },
    says: [RPM, VIN, 'protocol=SAE J1850 PWM@0'],
  },
  { name: 'with spaces', replies: { ...legacyCar('pwm', { spaces: true }), ATDPN: 'A1' }, says: [RPM, VIN] },
  {
    name: 'the owner names the bus',
    replies: { ...ISO, ATDPN: '3' },
    options: { protocol: '3' },
    says: [RPM],
    sends: { ATSP3: [1, 1], ATSP0: [0, 0] },
  },
  {
    name: 'two control units',
    replies: {
      ...KWP,
      '0100': both('410008180000', '410000100000'),
      '010C': both('410C1AF8', '410C0BB8'),
      '0902': legacyReply('kwp', '4902013144344750303052353542313233343536'),
      '03': both('4300', '43010104'),
      '07': both('4700', '4700'),
      '0A': both('4A00', '4A00'),
    },
    says: [RPM, '2=75000@18', VIN, 'stored=P0104@18', 'stored=@10'],
  },
  {
    name: 'trouble codes in two frames, the second filled up',
    replies: { ...ISO, '03': legacyReply('iso9141', '430401040105C1238003') },
    says: ['stored=P0104,P0105,U0123,B0003@10'],
  },
  {
    name: 'trouble codes of which a frame came twice',
    replies: { ...ISO, '03': [`${ISO['03']}|${ISO['03']}`, ISO['03'] ?? ''] },
    says: [RPM, 'stored=@10'],
    faults: ['legacy.after-end'],
  },
  {
    name: 'the example of a negative answer: asked three times, then no more',
    replies: { ...KWP, '010C': '83 F1 10 7F 01 11 15 ' },
    neverSays: [RPM],
    sends: { '010C': [3, 3] },
  },
  {
    name: 'pending, then the answer',
    replies: { ...KWP, '010C': `83F1107F01787C|${KWP['010C']}` },
    says: [RPM],
  },
  {
    name: 'a checksum that does not hold',
    replies: { ...ISO, '010C': [LINE, ISO['010C'] ?? ''] },
    says: [RPM],
    faults: ['legacy.checksum'],
  },
  {
    name: 'the checksum of another bus',
    replies: { ...ISO, '010C': [legacyReply('vpw', '410C1AF8'), ISO['010C'] ?? ''] },
    says: [RPM],
    faults: ['legacy.checksum'],
  },
  {
    name: 'a length that does not hold',
    replies: { ...KWP, '010C': ['83F110410C1AF8E3', KWP['010C'] ?? ''] },
    says: [RPM],
    faults: ['legacy.length'],
  },
  {
    name: 'a damaged line, by the word of the chip',
    replies: { ...ISO, '010C': [`${ISO['010C']} <DATA ERROR`, ISO['010C'] ?? ''] },
    says: [RPM],
    faults: ['elm327.damaged-line'],
  },
  {
    name: 'an identification number that lacks a line',
    replies: {
      ...ISO,
      '0902': [(ISO['0902'] ?? '').split('|').toSpliced(2, 1).join('|'), ISO['0902'] ?? ''],
    },
    says: [RPM, VIN],
    faults: ['legacy.sequence'],
  },
  {
    name: 'an identification number that lacks its last line',
    replies: { ...ISO, '0902': [(ISO['0902'] ?? '').split('|').slice(0, -1).join('|'), ISO['0902'] ?? ''] },
    says: [RPM, VIN],
    faults: ['legacy.missing'],
  },
  {
    name: 'lines of CAN on a bus before it',
    replies: { ...ISO, '010C': ['7E804410C1AF8', ISO['010C'] ?? ''] },
    says: [RPM],
    faults: ['elm327.not-a-frame'],
  },
  {
    name: 'an answer to somebody else',
    replies: { ...KWP, '010C': ['84F210410C1AF8E6', KWP['010C'] ?? ''] },
    says: [RPM],
    faults: ['legacy.header'],
  },
  {
    name: 'the bus cannot be woken',
    replies: { ...ISO, '0100': 'BUS INIT: ...ERROR' },
    options: { protocol: '3' },
    ms: 50_000,
    phase: 'car-absent',
    neverSays: [RPM],
  },
];
