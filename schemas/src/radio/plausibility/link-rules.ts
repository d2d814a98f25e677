import { distanceM } from '../../privacy/index.ts';
import { toHex } from '../../words/index.ts';
import { COVERAGE_RULES, freeSpaceLossDb, LEVELS_MAX, signalDbm } from './limits.ts';
import { broken, doubtful, type Finding, held, type Reception, type Sender, unknown } from './reception.ts';

const { levelAboveDb, levelSpreads, levelFramesMin, placeErrorM, countedOnMax } = COVERAGE_RULES;

/** What is remembered of one device at one gateway. */
export interface LinkTrack {
  /** Its latest strengths: dB over what empty space leaves of 0 dBm where both places are known, else dBm. */
  readonly levels: readonly number[];
  readonly isMeasured: boolean;
  /** Frame counter of the latest frame that was not heard before, low 16 bits. */
  readonly counter: number;
}

const DATA_TYPES: readonly number[] = [2, 3, 4, 5];
/** MHDR, DevAddr, FCtrl, FCnt and MIC. */
const DATA_BYTES_MIN = 12;

/** DevAddr and counter of a data frame (LoRaWAN 1.0.4 §4); undefined where it is none. */
export const countedFrame = (
  phy: Uint8Array,
): { readonly address: string; readonly counter: number } | undefined => {
  if (phy.length < DATA_BYTES_MIN || !DATA_TYPES.includes((phy[0] ?? 0) >> 5)) return undefined;
  return { address: toHex(phy.subarray(1, 5)), counter: (phy[6] ?? 0) | ((phy[7] ?? 0) << 8) };
};

const levelOf = (
  reception: Reception,
  sender: Sender | undefined,
): { readonly level: number; readonly isMeasured: boolean } => {
  const signal = signalDbm(reception.rssiDbm, reception.snrDb);
  if (reception.place === undefined || sender?.place === undefined)
    return { level: signal, isMeasured: false };
  const distance = Math.max(placeErrorM, distanceM(reception.place, sender.place));
  return { level: signal + freeSpaceLossDb(reception.frequencyHz, distance), isMeasured: true };
};

/** A device does not get much louder from one frame to the next than it often was, unless it moves about. */
const levelRule = (levels: readonly number[], level: number): Finding => {
  if (levels.length < levelFramesMin)
    return unknown('level', 'too few frames tell how this device is usually heard');
  const sorted = levels.toSorted((a, b) => a - b);
  const [low, high] = [0.25, 0.75].map((part) => sorted[Math.floor(part * (sorted.length - 1))] ?? 0);
  const usual = high ?? 0;
  const above = level - usual;
  return above <= Math.max(levelAboveDb, levelSpreads * (usual - (low ?? 0)))
    ? held('level')
    : doubtful('level', `${above.toFixed(1)} dB louder than this device usually is at this gateway`);
};

/** A device repeats its latest frame; once it has counted on, it never goes back to an older one. */
const countedOn = (track: LinkTrack | undefined, counter: number, isKnown: boolean): Finding => {
  if (track === undefined || !isKnown) return held('counted-on');
  const behind = (track.counter - counter) & 0xffff;
  return behind > 0 && behind <= countedOnMax
    ? broken('counted-on', `the device had counted on by ${behind} when the same bytes came again`)
    : held('counted-on');
};

/** What a reception says against others of the same device at the same gateway; `isKnown`: its bytes were heard before. */
export const linkFindings = (
  track: LinkTrack | undefined,
  next: Reception,
  sender: Sender | undefined,
  isKnown: boolean,
): { readonly findings: readonly Finding[]; readonly track: LinkTrack | undefined } => {
  const frame = countedFrame(next.phy);
  if (frame === undefined) {
    const words = 'the frame is no data of a device';
    return { findings: [unknown('level', words), unknown('counted-on', words)], track };
  }
  const { level, isMeasured } = levelOf(next, sender);
  const before = track?.isMeasured === isMeasured ? track.levels : [];
  const levels = Number.isFinite(level) ? [...before, level].slice(-LEVELS_MAX) : before;
  return {
    findings: [levelRule(before, level), countedOn(track, frame.counter, isKnown)],
    track: { levels, isMeasured, counter: isKnown && track !== undefined ? track.counter : frame.counter },
  };
};
