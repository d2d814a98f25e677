/** DIMO's wire in both directions, for whoever plays its other end. */

export { type Answer, answerOf } from './answers.ts';
export { attestationsOf, newStated, tombstone } from './attestations.ts';
export { issuedIn, readShown, type Shown } from './certificate.ts';
export {
  type EventType,
  eventText,
  HEADER_MAX_BYTES,
  HEADER_TEXT,
  REASON_MAX_BYTES,
  SKEW_MAX_MS,
} from './codec.ts';
export { type DrivingEvent, drivingEvents } from './driving-events.ts';
export {
  type Binding,
  bindingFrom,
  checkBinding,
  dimoKeyOf,
  ensureDimoKey,
  sealBinding,
  writeBinding,
} from './identity.ts';
export { challengeIn, tokenIn } from './login.ts';
export { EVENT_NAMES, NAMES } from './names.ts';
export { openDimo } from './network.ts';
export { rawMember } from './raw-member.ts';
export { CHAINS, type Chain, checkSettings, type NodeKind } from './settings.ts';
export { checksummed, erc191Digest, signerOf } from './signatures.ts';
export { readTaken, readTakenBack } from './statements-file.ts';
export { sendTombstone } from './take-back.ts';
export { checkEvent } from './verify.ts';
export { openWeeks } from './weeks-file.ts';
