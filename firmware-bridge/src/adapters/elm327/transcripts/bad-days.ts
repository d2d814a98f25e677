import { GOOD_CAR, line, vinLines } from '../play-dongle.ts';
import { RPM, type Transcript } from './transcript.ts';

const LINE = GOOD_CAR['010C'];
/** WP0ZZZ99ZTS392124. */
const OTHER_VIN = vinLines('5750305A5A5A39395A5453333932313234');

/** Dongles that cannot be believed, and cars that go away. */
export const BAD_DAY_TRANSCRIPTS: readonly Transcript[] = [
  {
    name: 'the wrong parameter each time',
    replies: {
      '010C': line('410D32'),
      '010D': LINE,
      '0105': LINE,
      '03': LINE,
      '07': LINE,
      '0A': LINE,
      '0902': LINE,
      ATRV: ['12.6V', '?'],
    },
    ms: 120_000,
    neverSays: [RPM, '1=50@7E8'],
    faults: ['obd.echo-mismatch'],
    drops: ['resynchronising'],
    words: 'made no sense',
    reopen: 'elm327.no-sense',
  },
  {
    name: 'nothing at all',
    replies: Object.fromEntries(['ATI', 'ATZ', 'y'].map((command) => [command, ''])),
    reopen: 'elm327.silent',
    phase: 'probing',
  },
  {
    name: 'rubbish without a prompt',
    replies: { y: `${'#'.repeat(300)}~` },
    reopen: 'elm327.silent',
    phase: 'probing',
    faults: ['elm327.line-too-long'],
    drops: [],
  },
  {
    name: 'prompts without answers',
    replies: { '010C': ['>', LINE] },
    says: [RPM],
    faults: [],
    drops: ['resynchronising'],
  },
  {
    name: 'a prompt too early, and the answer after it',
    replies: { '010C': [`|>{200}${LINE}`, LINE] },
    says: [RPM],
    drops: ['resynchronising'],
  },
  {
    name: 'an answer that comes after it was given up',
    replies: { '010C': [`{4000}${LINE}`, LINE] },
    says: [RPM],
    drops: ['unsolicited'],
  },
  {
    name: 'half an answer and no prompt',
    replies: { '0902': ['7E81014490201314434~', GOOD_CAR['0902']] },
    says: [RPM],
    faults: ['elm327.no-prompt'],
    drops: ['resynchronising'],
  },
  {
    name: 'a flood of lines',
    replies: { '010C': [`${`${line('410D32')}|`.repeat(300)}~`, LINE] },
    says: [RPM],
    drops: ['flood', 'resynchronising'],
  },
  {
    name: 'another vehicle each time',
    replies: { '0902': Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? GOOD_CAR['0902'] : OTHER_VIN)) },
    neverSays: [RPM],
    faults: ['obd.vin-changing'],
    words: 'different identification number',
  },
  {
    name: 'another vehicle once: believed again after three answers that agree',
    replies: { '0902': [GOOD_CAR['0902'], OTHER_VIN, GOOD_CAR['0902']] },
    says: [RPM, 'vin=1D4GP00R55B123456@7E8'],
    faults: ['obd.vin-changing'],
  },
  {
    name: 'another vehicle each time, where the owner takes it all the same',
    replies: { '0902': Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? GOOD_CAR['0902'] : OTHER_VIN)) },
    options: { refuseChangingVin: false },
    says: [RPM],
    words: 'different identification number',
  },
  {
    name: 'trouble codes that differ from one reply to the next',
    replies: { '03': [line('43010104'), GOOD_CAR['03']] },
    says: [RPM, 'stored=@7E8'],
    neverSays: ['stored=P0104@7E8'],
  },
  { name: 'trouble codes', replies: { '03': line('43010104') }, says: ['stored=P0104@7E8'] },
  {
    name: 'a scale of its own: what it affects is not read',
    replies: {
      '0100': line('410000280001'),
      '0120': line('412000000001'),
      '0140': line('414000020000'),
      '014F': line('414F00000020'),
      '010B': line('410B64'),
    },
    options: { poll: undefined },
    neverSays: ['9=100@7E8'],
    says: ['1=50@7E8'],
    drops: ['rescaled'],
  },
  {
    name: 'the car goes away and comes back when its voltage rises',
    replies: {
      '010C': [LINE, LINE, ...Array.from({ length: 4 }, () => 'NO DATA'), LINE],
      '0100': [
        ...Array.from({ length: 3 }, () => GOOD_CAR['0100']),
        ...Array.from({ length: 5 }, () => 'UNABLE TO CONNECT'),
        GOOD_CAR['0100'],
      ],
      '03': [GOOD_CAR['03'], GOOD_CAR['03'], 'NO DATA', GOOD_CAR['03']],
      ATRV: ['12.6V', '12.6V', '12.5V', '12.5V', '12.5V', '13.9V'],
    },
    ms: 400_000,
    says: [RPM, '3=1390@0'],
  },
];
