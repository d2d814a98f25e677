import { fromHex } from '@outpost/schemas/words';
import type { LegacyBus } from '../../../obd/legacy-frame.ts';
import { segmentLegacy } from '../../../obd/legacy-message.ts';
import { legacyLine } from '../legacy-line.ts';
import { GOOD_VIN } from '../play-dongle.ts';

interface Looks {
  /** Address of the control unit. */
  readonly ecu?: number;
  readonly spaces?: boolean;
}

/** The lines of one answer, given as it is laid out on CAN, as a chip prints them for one of the older buses. */
export const legacyReply = (
  bus: LegacyBus,
  payload: string,
  { ecu = 0x10, spaces = false }: Looks = {},
): string =>
  segmentLegacy(fromHex(payload) ?? new Uint8Array(0))
    .map((data) => legacyLine(bus, { ecu, data }, spaces).groups.join(spaces ? ' ' : ''))
    .join('|');

const ANSWERS = {
  '0100': '410008180000',
  '0900': '490040000000',
  '0902': `490201${GOOD_VIN}`,
  '0105': '410578',
  '010C': '410C1AF8',
  '010D': '410D32',
  '03': '4300',
  '07': '4700',
  '0A': '4A00',
} as const;

/** The car of the other transcripts, on one of the older buses. */
export const legacyCar = (bus: LegacyBus, looks?: Looks): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(ANSWERS).map(([request, payload]) => [request, legacyReply(bus, payload, looks)]),
  );
