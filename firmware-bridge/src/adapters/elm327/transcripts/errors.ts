import { GOOD_CAR, line } from '../play-dongle.ts';
import { RPM, type Transcript } from './transcript.ts';

const LINE = GOOD_CAR['010C'];
const ONCE = [1, 1] as const;

/** Every error text of the chip, and what is done about it. */
export const ERROR_TRANSCRIPTS: readonly Transcript[] = [
  {
    name: '`?` to a request: asked three times, then no more',
    replies: { '010C': '?' },
    neverSays: [RPM],
    sends: { '010C': [3, 3] },
  },
  {
    name: '`NO DATA`: three times at its own pace, then ever more rarely',
    replies: { '010C': 'NO DATA' },
    ms: 120_000,
    neverSays: [RPM],
    sends: { '010C': [5, 10] },
  },
  {
    name: '`UNABLE TO CONNECT`: the car is absent and only the dongle is asked',
    replies: { '0100': 'SEARCHING...|UNABLE TO CONNECT' },
    ms: 55_000,
    phase: 'car-absent',
    words: 'no car does',
    sends: { '0100': [5, 5], ATRV: [2, 70] },
  },
  {
    name: '`SEARCHING...` before the first answer',
    replies: { '0100': [`SEARCHING...|${GOOD_CAR['0100']}`, GOOD_CAR['0100']] },
    says: [RPM],
  },
  {
    name: '`SEARCHING...` for fifteen seconds',
    replies: { '0100': [`SEARCHING...{15000}|${GOOD_CAR['0100']}`, GOOD_CAR['0100']] },
    ms: 30_000,
    says: [RPM],
    sends: { '0100': [3, 3] },
  },
  {
    name: '`SEARCHING...` glued to the answer',
    replies: { '0100': [`SEARCHING...${GOOD_CAR['0100']}`, GOOD_CAR['0100']] },
    says: [RPM],
  },
  {
    name: '`BUS INIT: ...ERROR`',
    replies: { '0100': 'BUS INIT: ...ERROR' },
    ms: 50_000,
    phase: 'car-absent',
  },
  {
    name: '`BUS INIT:ERROR`, as WiCAN spells it',
    replies: { '0100': 'BUS INIT:ERROR' },
    ms: 50_000,
    phase: 'car-absent',
  },
  {
    name: '`CAN ERROR` once: asked again',
    replies: { '010C': ['CAN ERROR', LINE] },
    says: [RPM],
    sends: { ATSP0: ONCE },
  },
  {
    name: '`CAN ERROR` twice: the protocol is looked for again',
    replies: { '010C': ['CAN ERROR', 'CAN ERROR', LINE] },
    says: [RPM],
    sends: { ATSP6: ONCE },
  },
  { name: '`BUS ERROR`', replies: { '010C': ['BUS ERROR', LINE] }, says: [RPM] },
  { name: '`BUS BUSY`', replies: { '010C': ['BUS BUSY', LINE] }, says: [RPM] },
  { name: '`FB ERROR`', replies: { '010C': ['FB ERROR', LINE] }, says: [RPM] },
  { name: '`DATA ERROR` alone', replies: { '010C': ['DATA ERROR', LINE] }, says: [RPM] },
  {
    name: '`<DATA ERROR` at the end of a line',
    replies: { '010C': `${LINE} <DATA ERROR` },
    neverSays: [RPM],
    faults: ['elm327.damaged-line'],
  },
  {
    name: '`<RX ERROR` at the end of a line',
    replies: { '010C': `${LINE} <RX ERROR` },
    neverSays: [RPM],
    faults: ['elm327.damaged-line'],
  },
  {
    name: '`BUFFER FULL` in the middle of a line',
    replies: { '010C': '7E804410C1ABUFFER FULL' },
    neverSays: [RPM],
    faults: ['elm327.damaged-line'],
  },
  {
    name: '`BUFFER FULL` after a good line: nothing of the reply is believed',
    replies: { '010C': [`${LINE}|BUFFER FULL`, LINE] },
    says: [RPM],
    faults: ['elm327.damaged-line'],
  },
  {
    name: '`STOPPED`: the prompt is found again',
    replies: { '010C': ['STOPPED', LINE] },
    says: [RPM],
    sends: { y: [2, 2] },
    drops: ['resynchronising'],
  },
  { name: '`ACT ALERT` before the answer', replies: { '010C': `ACT ALERT|${LINE}` }, says: [RPM] },
  { name: '`!ACT ALERT` before the answer', replies: { '010C': `!ACT ALERT|${LINE}` }, says: [RPM] },
  { name: '`LP ALERT` before the answer', replies: { '010C': `LP ALERT|${LINE}` }, says: [RPM] },
  {
    name: '`LV RESET`: set up anew',
    replies: { '010C': ['LV RESET', LINE] },
    says: [RPM],
    sends: { ATZ: [2, 2], ATH1: [2, 2] },
    drops: ['resynchronising'],
  },
  {
    name: '`LV RESET` in the middle of an answer',
    replies: { '0902': ['7E81014490201314434|LV RESET', GOOD_CAR['0902']] },
    says: [RPM],
    sends: { ATZ: [2, 2] },
    drops: ['device-reset', 'resynchronising'],
  },
  {
    name: '`LV RESET` again and again: the connection is given up',
    replies: { ATE0: 'LV RESET' },
    ms: 60_000,
    reopen: 'elm327.resets',
    phase: 'probing',
  },
  {
    name: '`ERR94`: set up anew',
    replies: { '010C': ['ERR94', LINE] },
    says: [RPM],
    sends: { ATZ: [2, 2] },
    drops: ['resynchronising'],
  },
  {
    name: 'the chip starts anew by itself',
    replies: { '010C': ['|ELM327 v1.5', LINE] },
    says: [RPM],
    sends: { ATZ: [2, 2] },
    drops: ['resynchronising'],
  },
];

/** Negative answers of control units (ISO 14229-1). */
export const NEGATIVE_TRANSCRIPTS: readonly Transcript[] = [
  {
    name: 'not supported: asked three times, then no more',
    replies: { '010C': line('7F0112') },
    neverSays: [RPM],
    sends: { '010C': [3, 3] },
  },
  { name: 'pending, then the answer', replies: { '010C': `${line('7F0178')}|${LINE}` }, says: [RPM] },
  {
    name: 'pending and nothing more',
    replies: { '010C': line('7F0178') },
    ms: 60_000,
    neverSays: [RPM],
    sends: { '010C': [6, 14] },
  },
  {
    name: 'conditions not right: asked ever more rarely, but asked',
    replies: { '010C': line('7F0122') },
    ms: 60_000,
    neverSays: [RPM],
    sends: { '010C': [4, 9] },
  },
  {
    name: 'a refusal of another service',
    replies: { '010C': [line('7F0912'), LINE] },
    says: [RPM],
    faults: ['obd.echo-mismatch'],
    drops: ['resynchronising'],
  },
  {
    name: 'two answers of one control unit',
    replies: { '010C': [`${LINE}|${LINE}`, LINE] },
    says: [RPM],
    faults: ['obd.second-answer'],
  },
];
