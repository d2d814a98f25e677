import { GOOD_CAR, line } from '../play-dongle.ts';
import { legacyCar, legacyReply } from './legacy-car.ts';
import { RPM, type Transcript } from './transcript.ts';

/** Enough for the first list, learned and confirmed, and for what it names. */
const MS = 180_000;

/** What a fault left behind: freeze frames and the results of monitors. */
export const DIAGNOSIS_TRANSCRIPTS: readonly Transcript[] = [
  {
    name: 'a freeze frame: its code, and the values of then apart from those of now',
    replies: { '020200': line('4202000104'), '020C00': line('420C000BB8'), '020500': line('42050032') },
    ms: MS,
    says: [RPM, '10036=260@7E8', '10002=75000@7E8', '10005=10@7E8'],
    neverSays: ['2=75000@7E8'],
    sends: { '020300': [0, 0] },
  },
  {
    name: 'no freeze frame',
    replies: { '020200': line('4202000000') },
    ms: MS,
    says: [RPM, '10036=0@7E8'],
    sends: { '020C00': [0, 0] },
  },
  {
    name: 'the values of another frame',
    replies: { '020200': line('4202000104'), '020C00': line('420C010BB8') },
    ms: MS,
    neverSays: ['10002=75000@7E8'],
    faults: ['obd.echo-mismatch'],
    drops: ['resynchronising'],
  },
  {
    name: 'a freeze frame on a bus before CAN, where service 06 is another',
    replies: { ...legacyCar('kwp'), ATDPN: 'A5', '020200': legacyReply('kwp', '4202000104') },
    ms: MS,
    says: ['10036=260@10'],
    sends: { '0600': [0, 0] },
  },
  {
    name: 'tests of a monitor, one that failed',
    replies: {
      '0600': line('460080000000'),
      '0601': '7E8101346010B0A0DC0|7E8210900100001810A|7E82200050000000455',
    },
    ms: MS,
    says: [
      RPM,
      '600=monitor 01 test 0B: 429.69 mV, 281.25 to 500.00, passed@7E8',
      '600=monitor 01 test 81: 0.61 mV, 0.00 to 0.49, failed@7E8',
    ],
    drops: ['no-value'],
  },
  {
    name: 'a monitor whose tests end within one',
    replies: { '0600': line('460080000000'), '0601': line('46010B0A0DC0') },
    ms: MS,
    says: [RPM],
    faults: ['j1979.monitor'],
    drops: ['no-value'],
  },
  {
    name: 'lists of monitors that differ from time to time are never followed',
    replies: {
      '0600': Array.from({ length: 200 }, (_, i) => line(i % 2 === 0 ? '460080000000' : '460040000000')),
    },
    ms: MS,
    says: [RPM],
    sends: { '0601': [0, 0], '0602': [0, 0] },
  },
  {
    name: 'two control units of which one has a frame',
    replies: {
      '0100': `${GOOD_CAR['0100']}|${line('410000100000', '7E9')}`,
      '03': `${GOOD_CAR['03']}|${line('4300', '7E9')}`,
      '07': `${GOOD_CAR['07']}|${line('4700', '7E9')}`,
      '0A': `${GOOD_CAR['0A']}|${line('4A00', '7E9')}`,
      '010C': `${GOOD_CAR['010C']}|${line('410C0BB8', '7E9')}`,
      '020200': `${line('4202000000')}|${line('420200C123', '7E9')}`,
      '020C00': line('420C001388', '7E9'),
    },
    ms: MS,
    says: ['10036=0@7E8', '10036=49443@7E9', '10002=125000@7E9'],
    sends: { '020500': [0, 0] },
  },
];
