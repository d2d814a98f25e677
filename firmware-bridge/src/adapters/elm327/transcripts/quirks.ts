import { GOOD_CAR, GOOD_VIN, line, vinLines } from '../play-dongle.ts';
import { RPM, type Transcript } from './transcript.ts';

const LINE = GOOD_CAR['010C'];
const SECOND = line('410C0BB8', '7E9');
const spaced = (reply: string): string =>
  reply
    .split('|')
    .map((line) => `${line.slice(0, 3)} ${line.slice(3).replaceAll(/../g, '$& ')}`)
    .join('|');
const everyReply = (change: (reply: string) => string): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(GOOD_CAR).map(([request, reply]) => [request, change(reply)]));
const wide = (reply: string): string => reply.replaceAll('7E8', '18DAF110');

const interleaved = (a: string, b: string): string => {
  const others = b.split('|');
  return a
    .split('|')
    .flatMap((one, index) => [one, others[index]])
    .join('|');
};

/** What clones and their owners have been seen to do. */
export const QUIRK_TRANSCRIPTS: readonly Transcript[] = [
  {
    name: 'a late prompt after the answer',
    replies: { '010C': [`${LINE}|STOPPED||>`, LINE] },
    says: [RPM],
    faults: ['elm327.damaged-reply'],
    drops: ['resynchronising'],
  },
  {
    name: 'a byte that is no ASCII before the banner',
    replies: { ATZ: '\xfc||ELM327 v1.5' },
    says: [RPM],
    faults: ['elm327.not-ascii'],
  },
  {
    name: 'ATZ is never answered',
    replies: { ATZ: '' },
    ms: 30_000,
    says: [RPM],
    drops: ['resynchronising'],
  },
  { name: 'spaces cannot be switched off', replies: { ...everyReply(spaced), ATS0: '?' }, says: [RPM] },
  {
    name: 'echo cannot be switched off',
    replies: { ATE0: 'ATE0|?', ATH1: 'ATH1|OK', '0100': `0100|${GOOD_CAR['0100']}`, '010C': `010C|${LINE}` },
    says: [RPM],
  },
  {
    name: 'echo comes back: set up anew',
    replies: { '010C': [`010C|${LINE}`, LINE] },
    says: [RPM],
    sends: { ATZ: [2, 2] },
    drops: ['resynchronising'],
  },
  {
    name: 'timing cannot be changed',
    replies: { ATAT1: '?', ATST32: '?', ATAL: '?', ATL0: '?', ATD0: '?', ATCAF1: '?' },
    says: [RPM],
  },
  { name: 'a supply that reads 0.0 V', replies: { ATRV: '0.0V' }, says: [RPM, '3=0@0'] },
  { name: 'a voltage without its letter', replies: { ATRV: '12.6' }, says: [RPM, '3=1260@0'] },
  { name: 'no voltage at all', replies: { ATRV: '?' }, ms: 60_000, says: [RPM], sends: { ATRV: [2, 2] } },
  {
    name: 'WiCAN, which calls itself something else at each question',
    replies: { ATI: 'OBDLink MX', 'AT@1': 'ELM327 v1.3a' },
    says: [RPM, 'adapter=OBDLink MX@0', 'adapter=ELM327 v1.3a@0'],
  },
  { name: 'AT@1 is not known', replies: { 'AT@1': '?' }, says: [RPM] },
  {
    name: 'headers cannot be shown: the dongle cannot be used',
    replies: { ATH1: '?' },
    reopen: 'elm327.unusable',
    phase: 'probing',
  },
  {
    name: 'headers are not shown although it said OK',
    replies: everyReply((reply) => reply.replaceAll(/7E8\d\d/g, '')),
    ms: 60_000,
    neverSays: [RPM],
    faults: ['elm327.foreign-id'],
    phase: 'car-absent',
  },
  {
    name: 'a length digit in every line',
    replies: everyReply((reply) => reply.replaceAll('7E8', '7E88')),
    ms: 60_000,
    neverSays: [RPM],
    faults: ['elm327.foreign-id'],
    phase: 'car-absent',
  },
  { name: 'digits in small letters', replies: everyReply((reply) => reply.toLowerCase()), says: [RPM] },
  { name: 'NUL bytes everywhere', replies: everyReply((reply) => reply.replaceAll('4', '4\0')), says: [RPM] },
  {
    name: 'a line feed after every line',
    replies: everyReply((reply) => `${reply.replaceAll('|', '|\n')}|\n`),
    says: [RPM],
  },
  {
    name: 'the line count is not understood',
    replies: { '010C1': 'NO DATA' },
    says: [RPM],
    sends: { '010C1': [1, 1] },
  },
  {
    name: 'the line count is understood',
    replies: { '010C1': LINE },
    says: [RPM],
    sends: { '010C1': [5, 20] },
  },
  {
    name: 'the line count is asked for with `?`',
    replies: { '010C1': '?' },
    says: [RPM],
    sends: { '010C1': [1, 1] },
  },
  {
    name: '29-bit identifiers',
    replies: { ...everyReply(wide), ATDPN: 'A7' },
    says: ['2=172600@18DAF110', 'vin=1D4GP00R55B123456@18DAF110'],
  },
  {
    name: '11-bit answers on a 29-bit bus',
    replies: { ATDPN: 'A7' },
    ms: 60_000,
    neverSays: [RPM],
    faults: ['elm327.id-width'],
    phase: 'car-absent',
  },
  {
    name: 'two control units, their long answers interleaved',
    replies: {
      '0100': `${GOOD_CAR['0100']}|${line('410000100000', '7E9')}`,
      '0900': `${GOOD_CAR['0900']}|${line('490040000000', '7E9')}`,
      '0902': interleaved(vinLines(GOOD_VIN), vinLines(GOOD_VIN, '7E9')),
      '010C': `${LINE}|${SECOND}`,
      '03': `${GOOD_CAR['03']}|${line('43010104', '7E9')}`,
      '07': `${GOOD_CAR['07']}|${line('4700', '7E9')}`,
      '0A': `${GOOD_CAR['0A']}|${line('4A00', '7E9')}`,
    },
    says: [RPM, '2=75000@7E9', 'vin=1D4GP00R55B123456@7E9'],
  },
  {
    name: 'a control unit joins in once',
    replies: { '010C': [LINE, LINE, `${LINE}|${SECOND}`, LINE] },
    says: [RPM],
    neverSays: ['2=75000@7E9'],
    faults: ['obd.other-shape'],
  },
  {
    name: 'a control unit joins in for good',
    replies: { '010C': [LINE, `${LINE}|${SECOND}`] },
    ms: 30_000,
    says: [RPM, '2=75000@7E9'],
    faults: ['obd.other-shape'],
  },
  {
    name: 'an answer of another length',
    replies: { '010C': [line('410578'), LINE] },
    says: [RPM],
    faults: ['obd.echo-mismatch'],
    drops: ['resynchronising'],
  },
  {
    name: 'a search that finds nothing where a fixed protocol does',
    replies: { '0100': ['UNABLE TO CONNECT', GOOD_CAR['0100']], ATDPN: '6' },
    says: [RPM],
    sends: { ATSP6: [1, 1] },
  },
  {
    name: 'a bus of heavy vehicles: named and not read',
    replies: { '0100': [GOOD_CAR['0100'], 'NO DATA'], ATDPN: 'AA' },
    ms: 50_000,
    phase: 'car-absent',
    words: 'SAE J1939',
  },
  {
    name: 'lines of an older bus',
    replies: { '0100': '48 6B 10 41 00 BE 1F B8 11 AA ' },
    ms: 60_000,
    neverSays: [RPM],
    faults: ['elm327.foreign-id'],
    phase: 'car-absent',
  },
  {
    name: 'the simulator says what it is',
    replies: { ATI: 'ELM327 v1.5 (Outpost simulator)' },
    says: [`simulated ${RPM}`],
    neverSays: [RPM],
  },
];
