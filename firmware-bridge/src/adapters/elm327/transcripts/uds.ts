import { type Profile, profileByName } from '@outpost/schemas/vehicle/profiles';
import { GOOD_CAR, line } from '../play-dongle.ts';
import { RPM, type Transcript } from './transcript.ts';

const profileOf = (name: string): Profile => {
  const profile = profileByName(name);
  if (!profile.ok) throw new Error(profile.fault.words);
  return profile.value;
};

const BOLT = { profile: profileOf('chevrolet-bolt-ev') };
const ID4 = { profile: profileOf('volkswagen-id4') };
const IONIQ = { profile: profileOf('hyundai-ioniq-5') };

/** 50 % of charge, from the control unit of the battery. */
const CHARGE = line('6243AF8000', '7EC');
const CHARGED = '23=5000@7EC';
const PENDING = line('7F2278', '7EC');
const times = (count: number, reply: string, between = '|'): string =>
  Array.from({ length: count }, () => reply).join(between);

const wide = Object.fromEntries(
  Object.entries(GOOD_CAR).map(([request, reply]) => [request, reply.replaceAll('7E8', '18DAF110')]),
);

const LEAF = { profile: profileOf('nissan-leaf-ze1') };

/** Control units that are asked one by one in the manner of ISO 14229-1. */
export const UDS_TRANSCRIPTS: readonly Transcript[] = [
  {
    name: 'a value by identifier, from one control unit, and the others go on',
    replies: { '2243AF': CHARGE },
    options: BOLT,
    says: [CHARGED, RPM],
    sends: { ATSH7E4: [1, 99], ATCRA7EC: [1, 99], ATFCSD300000: [1, 99], ATSH7DF: [1, 99] },
  },
  {
    name: 'a long answer',
    replies: { '22B002': '7CE100F62B002000000|7CE2100000000000000|7CE22EA60AAAAAAAAAA' },
    options: IONIQ,
    ms: 60_000,
    says: [RPM, '21=965606@7CE'],
    sends: { ATSH7C6: [1, 99], ATCRA7CE: [1, 99], ATFCSH7C6: [1, 99] },
  },
  {
    name: 'identifiers of 29 bits, with another priority than the usual',
    replies: { ...wide, ATDPN: 'A7', '22028C': line('62028C60', '17FE007B') },
    options: ID4,
    says: ['23=3840@17FE007B', '2=172600@18DAF110'],
    sends: {
      ATCP17: [1, 99],
      ATSHFC007B: [1, 99],
      ATCRA17FE007B: [1, 99],
      ATSHDB33F1: [1, 99],
      ATCP18: [1, 99],
    },
  },
  {
    name: 'patience is asked for, and the answer comes',
    replies: { '2243AF': `${PENDING}|${CHARGE}` },
    options: BOLT,
    says: [CHARGED],
  },
  {
    name: 'patience is asked for ten times',
    replies: {
      '2243AF': [
        ...new Array<string>(6).fill(CHARGE),
        `${times(10, `${PENDING}|{4000}`, '')}${line('6243AF999A', '7EC')}`,
        CHARGE,
      ],
    },
    options: BOLT,
    ms: 120_000,
    says: [CHARGED, '23=6000@7EC'],
  },
  {
    name: 'patience is asked for eleven times',
    replies: { '2243AF': `${times(11, PENDING)}|${CHARGE}` },
    options: BOLT,
    neverSays: [CHARGED],
    faults: ['obd.pending'],
  },
  {
    name: 'the chip does not wait: told to wait as long as it can, it does',
    replies: { '2243AF': [PENDING, `${PENDING}|{4500}${CHARGE}`] },
    options: BOLT,
    ms: 60_000,
    says: [CHARGED, RPM],
    sends: { ATSTFF: [1, 99], ATCTM5: [1, 99], ATST32: [2, 99], ATCTM1: [1, 99] },
  },
  {
    name: 'another identifier answers',
    replies: { '2243AF': [line('6243B08000', '7EC'), CHARGE] },
    options: BOLT,
    says: [CHARGED],
    faults: ['obd.echo-mismatch'],
    drops: ['resynchronising'],
  },
  {
    name: 'another control unit answers',
    replies: { '2243AF': [line('6243AF8000', '7E8'), CHARGE] },
    options: BOLT,
    says: [CHARGED],
    neverSays: ['23=5000@7E8'],
    faults: ['elm327.foreign-id'],
  },
  {
    name: 'not supported: asked three times, then no more',
    replies: { '2243AF': line('7F2231', '7EC') },
    options: BOLT,
    ms: 60_000,
    neverSays: [CHARGED],
    sends: { '2243AF': [3, 3] },
  },
  {
    name: 'locked: asked ever more rarely, but asked',
    replies: { '2243AF': line('7F2233', '7EC') },
    options: BOLT,
    ms: 60_000,
    neverSays: [CHARGED],
    sends: { '2243AF': [3, 6] },
  },
  {
    name: 'an answer that is too short for what it should hold',
    replies: { '2243AF': line('6243AF80', '7EC') },
    options: BOLT,
    neverSays: [CHARGED],
    faults: ['profile.short-answer'],
  },
  {
    name: 'the chip cannot be told whom to ask: it asks everybody else',
    replies: { ATSH7E4: '?', '2243AF': CHARGE },
    options: BOLT,
    ms: 40_000,
    says: [RPM],
    neverSays: [CHARGED],
    sends: { '2243AF': [0, 0] },
  },
  {
    name: 'the chip cannot be told whom to hear',
    replies: { ATCRA7EC: '?', '2243AF': CHARGE },
    options: BOLT,
    neverSays: [CHARGED],
    says: [RPM],
    sends: { '2243AF': [0, 0] },
  },
  {
    name: 'the chip has no flow control of ours: short answers come all the same',
    replies: { ATFCSH7E4: '?', ATFCSD300000: '?', ATFCSM1: '?', ATFCSM0: '?', ATCRA: '?', '2243AF': CHARGE },
    options: BOLT,
    says: [CHARGED, RPM],
  },
  {
    name: 'trouble codes with their kind of failure, confirmed and pending',
    replies: { '19020C': '7EC100B5902FF01041A|7EC210DC12300045555' },
    options: BOLT,
    ms: 90_000,
    says: ['stored=P0104-1A@7EC', 'pending=P0104-1A,U0123-00@7EC'],
  },
  {
    name: 'what a profile asks by a service that is not on the read-only list is left out, and named',
    replies: {},
    options: LEAF,
    says: [RPM],
    words: 'not asked: battery (service 21 is not on the read-only list)',
    sends: { '2101': [0, 0] },
  },
  {
    name: 'the control unit sleeps: the car is still there',
    replies: {},
    options: BOLT,
    ms: 60_000,
    says: [RPM],
    sends: { ATSP0: [1, 1] },
  },
  {
    name: 'after the car was lost everybody is asked again',
    replies: {
      '2243AF': ['CAN ERROR', 'CAN ERROR', CHARGE],
      '010C': [GOOD_CAR['010C'], 'CAN ERROR', 'CAN ERROR', GOOD_CAR['010C']],
    },
    options: BOLT,
    ms: 40_000,
    says: [RPM, CHARGED],
    sends: { ATSH7DF: [1, 99] },
  },
];
