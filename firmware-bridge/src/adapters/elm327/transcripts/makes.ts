import { GOOD_CAR, line } from '../play-dongle.ts';
import { legacyCar } from './legacy-car.ts';
import { RPM, type Transcript } from './transcript.ts';

const SPEED = '1=50@7E8';
const POLL = [
  { pid: 0x05, everyMs: 1_000 },
  { pid: 0x0c, everyMs: 1_000 },
  { pid: 0x0d, everyMs: 1_000 },
];
const STN = { ATI: 'ELM327 v1.4b', STI: 'STN1110 v4.2.0', STDI: 'OBDLink SX r4.2', STVR: '12.61' };
const WICAN = { ATI: 'OBDLink MX', ATZ: '|ELM327 v1.3a', 'AT@1': 'ELM327 v1.3a' };
const PACKED = '7E810084105780C1AF8|7E8210D325555555555';

/** Makes of dongle, each with what sets it apart from the data sheet's. */
export const MAKE_TRANSCRIPTS: readonly Transcript[] = [
  {
    name: 'STN1110 (OBDLink SX)',
    replies: STN,
    says: [RPM, 'adapter=STN1110 v4.2.0@0', 'adapter=OBDLink SX r4.2@0'],
    sends: { STI: [1, 1], STDI: [1, 1] },
  },
  {
    name: 'STN2120 with its own voltage',
    replies: { ...STN, STI: 'STN2120 v5.6.19', STDI: 'OBDLink MX+ r1.2' },
    says: [RPM, 'adapter=STN2120 v5.6.19@0', '3=1261@0'],
  },
  {
    name: 'an STN that an alert interrupts between two lines',
    replies: { ...STN, '0902': GOOD_CAR['0902'].replace('|', '|ACT ALERT|') },
    says: [RPM, 'vin=1D4GP00R55B123456@7E8'],
  },
  {
    name: 'WiCAN: short requests only, so that each value is asked for alone',
    replies: { ...WICAN, '01050C0D': '?', '010C0D05': '?' },
    options: { poll: POLL },
    ms: 30_000,
    says: [RPM, SPEED],
  },
  {
    name: 'WiCAN at a car with SAE J1850: nobody answers',
    replies: { ...WICAN, '0100': 'NO DATA' },
    options: { protocol: '1' },
    ms: 50_000,
    phase: 'car-absent',
  },
  {
    name: 'WiCAN at a car with ISO 9141-2: it cannot wake the bus',
    replies: { ...WICAN, '0100': 'BUS INIT: ...ERROR' },
    options: { protocol: '3' },
    ms: 50_000,
    phase: 'car-absent',
  },
  {
    name: 'several values in one answer',
    replies: { '01050C0D': PACKED, '010C0D05': PACKED, '010D050C': PACKED },
    options: { poll: POLL },
    ms: 30_000,
    says: [RPM, SPEED, '5=80@7E8'],
  },
  {
    name: 'a clone that knows nothing but the essentials',
    replies: Object.fromEntries(
      ['AT@1', 'ATL0', 'ATS0', 'ATD0', 'ATCAF1', 'ATAL', 'ATAT1', 'ATAT2', 'ATST32', 'ATRV', 'STI'].map(
        (command) => [command, '?'],
      ),
    ),
    says: [RPM],
    sends: { ATTPA0: [0, 0] },
  },
  {
    name: 'a clone that says OK to everything and does nothing of it',
    replies: { 'AT@1': 'OK' },
    says: [RPM],
    faults: ['elm327.unclear'],
  },
  {
    name: 'a clone that answers with a banner of its own to `ATD0`',
    replies: { ATD0: ['ELM327 v2.1', 'OK'] },
    says: [RPM],
    faults: ['elm327.unclear'],
  },
  {
    name: 'a slow radio link: every line late, none lost',
    replies: {
      '010C': `{900}${GOOD_CAR['010C']}`,
      '0902': `{900}${GOOD_CAR['0902'].replaceAll('|', '|{300}')}`,
    },
    says: [RPM, 'vin=1D4GP00R55B123456@7E8'],
  },
  {
    name: '29 bits at 250 kbit/s',
    replies: {
      ...Object.fromEntries(
        Object.entries(GOOD_CAR).map(([request, reply]) => [request, reply.replaceAll('7E8', '18DAF110')]),
      ),
      ATDPN: 'A9',
    },
    says: ['2=172600@18DAF110', 'protocol=ISO 15765-4 CAN 29 bit 250 kbit/s@0'],
  },
  {
    name: '11 bits at 250 kbit/s',
    replies: { ATDPN: 'A8' },
    says: [RPM, 'protocol=ISO 15765-4 CAN 11 bit 250 kbit/s@0'],
  },
  {
    name: 'a protocol of the owner’s own making: named and not read',
    replies: { '0100': [GOOD_CAR['0100'], 'NO DATA'], ATDPN: 'AB' },
    ms: 50_000,
    phase: 'car-absent',
    words: 'protocol B',
  },
  {
    name: 'a hybrid whose second control unit alone says no',
    replies: {
      '0100': `${GOOD_CAR['0100']}|${line('410000000000', '7EA')}`,
      '010C': `${GOOD_CAR['010C']}|${line('7F0112', '7EA')}`,
      '03': `${GOOD_CAR['03']}|${line('4300', '7EA')}`,
      '07': `${GOOD_CAR['07']}|${line('4700', '7EA')}`,
      '0A': `${GOOD_CAR['0A']}|${line('7F0A11', '7EA')}`,
    },
    says: [RPM, 'stored=@7EA', 'permanent=@7E8'],
  },
  {
    name: 'a K-line car at a dongle whose clone prints capital notes',
    replies: { ...legacyCar('kwp'), ATDPN: 'A4', '0100': `BUS INIT: OK|${legacyCar('kwp')['0100']}` },
    says: ['2=172600@10'],
  },
];
