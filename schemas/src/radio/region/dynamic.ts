import {
  type Band,
  channelsAt,
  fsk,
  lora,
  lrFhss,
  type RegionName,
  type RegionPlan,
  SF6_AND_SF5,
  SF12_TO_SF7,
} from './plan.ts';

/** DR0 to DR7 and the two short spreading factors: what the regions with free channels have in common. */
const COMMON = [...SF12_TO_SF7, lora(6, 7, 250_000), fsk(7), ...SF6_AND_SF5];

const EU868_LR_FHSS = [
  lrFhss(8, '1/3', 137_000),
  lrFhss(9, '2/3', 137_000),
  lrFhss(10, '1/3', 336_000),
  lrFhss(11, '2/3', 336_000),
];

/** ETSI EN 300 220-2 V3.2.1 annex B, with the names of its bands; EIRP is the ERP there + 2.15, rounded down. */
const EU868_BANDS: readonly Band[] = [
  { name: 'K', fromHz: 863_000_000, toHz: 865_000_000, eirpMaxDbm: 16, dutyPermille: 1 },
  { name: 'L', fromHz: 865_000_000, toHz: 868_000_000, eirpMaxDbm: 16, dutyPermille: 10 },
  { name: 'M', fromHz: 868_000_000, toHz: 868_600_000, eirpMaxDbm: 16, dutyPermille: 10 },
  { name: 'N', fromHz: 868_700_000, toHz: 869_200_000, eirpMaxDbm: 16, dutyPermille: 1 },
  { name: 'P', fromHz: 869_400_000, toHz: 869_650_000, eirpMaxDbm: 29, dutyPermille: 100 },
  { name: 'Q-low', fromHz: 869_700_000, toHz: 870_000_000, eirpMaxDbm: 9, dutyPermille: 1_000 },
  { name: 'Q', fromHz: 869_700_000, toHz: 870_000_000, eirpMaxDbm: 16, dutyPermille: 10 },
];

export const EU868: RegionPlan = {
  name: 'EU868',
  uplink: [...COMMON, ...EU868_LR_FHSS].toSorted((a, b) => a.index - b.index),
  downlink: COMMON,
  uplinkChannels: channelsAt(868_100_000, 868_300_000, 868_500_000),
  downlinkChannels: [],
  dynamic: true,
  rx2: { frequencyHz: 869_525_000, dataRate: 0 },
  bands: EU868_BANDS,
  listenBeforeTalk: false,
};

/** Five further channels that nearly every European network adds (867.1 to 867.9 MHz). */
export const EU868_EXTRA_HZ: readonly number[] = [
  867_100_000, 867_300_000, 867_500_000, 867_700_000, 867_900_000,
];

interface As923Group {
  /** From the channels of group 1. */
  readonly offsetHz: number;
  readonly range: readonly [fromHz: number, toHz: number];
  readonly dutyPermille?: number;
  readonly listenBeforeTalk?: boolean;
}

/** Offsets as ChirpStack (lrwn as923.rs) and LoRaMac-node (RegionAS923.c) have them, ranges by the latter. */
const as923 = (
  name: RegionName,
  { offsetHz, range: [fromHz, toHz], dutyPermille = 1_000, listenBeforeTalk = false }: As923Group,
): RegionPlan => ({
  name,
  uplink: COMMON,
  downlink: COMMON,
  uplinkChannels: channelsAt(923_200_000 + offsetHz, 923_400_000 + offsetHz),
  downlinkChannels: [],
  dynamic: true,
  rx2: { frequencyHz: 923_200_000 + offsetHz, dataRate: 2 },
  bands: [
    {
      name: 'all',
      fromHz,
      toHz,
      eirpMaxDbm: 16,
      dutyPermille,
      dwell: { maxUs: 400_000, belowHz: 500_000 },
    },
  ],
  listenBeforeTalk,
  note:
    'The dwell time of 400 ms holds until a country’s own rule lifts it; the strict reading is kept. Devices keep ' +
    '1 % of time besides; countries of group 1 narrow its range (Japan: 920.6 to 923.4 MHz, after 5 ms of listening).',
});

/** Group 4 is Israel's, with 1 % of time (The Things Network, IL_917_920). */
export const AS923: readonly RegionPlan[] = [
  as923('AS923-1', { offsetHz: 0, range: [915_000_000, 928_000_000], listenBeforeTalk: true }),
  as923('AS923-2', { offsetHz: -1_800_000, range: [920_000_000, 923_000_000] }),
  as923('AS923-3', { offsetHz: -6_600_000, range: [915_000_000, 921_000_000] }),
  as923('AS923-4', { offsetHz: -5_900_000, range: [917_000_000, 920_000_000], dutyPermille: 10 }),
];

export const IN865: RegionPlan = {
  name: 'IN865',
  uplink: [...SF12_TO_SF7, fsk(7), ...SF6_AND_SF5],
  downlink: [...SF12_TO_SF7, fsk(7), ...SF6_AND_SF5],
  uplinkChannels: channelsAt(865_062_500, 865_402_500, 865_985_000),
  downlinkChannels: [],
  dynamic: true,
  rx2: { frequencyHz: 866_550_000, dataRate: 2 },
  bands: [{ name: 'all', fromHz: 865_000_000, toHz: 867_000_000, eirpMaxDbm: 30, dutyPermille: 1_000 }],
  listenBeforeTalk: false,
};

/** Channels have their centres at 920.9 to 923.3 MHz (LoRaMac-node, RegionKR920.c) and are 200 kHz wide. */
export const KR920: RegionPlan = {
  name: 'KR920',
  uplink: [...SF12_TO_SF7, ...SF6_AND_SF5],
  downlink: SF12_TO_SF7,
  uplinkChannels: channelsAt(922_100_000, 922_300_000, 922_500_000),
  downlinkChannels: [],
  dynamic: true,
  rx2: { frequencyHz: 921_900_000, dataRate: 0 },
  bands: [{ name: 'all', fromHz: 920_800_000, toHz: 923_400_000, eirpMaxDbm: 23, dutyPermille: 1_000 }],
  listenBeforeTalk: true,
  note: '23 dBm is a gateway’s limit; devices have 14 dBm, below 922 MHz 10 dBm.',
};

export const EU433: RegionPlan = {
  name: 'EU433',
  uplink: COMMON,
  downlink: COMMON,
  uplinkChannels: channelsAt(433_175_000, 433_375_000, 433_575_000),
  downlinkChannels: [],
  dynamic: true,
  rx2: { frequencyHz: 434_665_000, dataRate: 0 },
  bands: [{ name: 'all', fromHz: 433_050_000, toHz: 434_790_000, eirpMaxDbm: 12, dutyPermille: 10 }],
  listenBeforeTalk: false,
  note: 'Of the 1 % of the regional parameters and the 10 % of EN 300 220 the stricter is kept.',
};

/**
 * Of the 864 to 870 MHz of LoRaMac-node (RegionRU864.c) only the two bands in which networks have channels are kept:
 * 864.1 to 864.9 MHz besides the default ones (The Things Network, RU_864_870).
 */
export const RU864: RegionPlan = {
  name: 'RU864',
  uplink: COMMON,
  downlink: COMMON,
  uplinkChannels: channelsAt(868_900_000, 869_100_000),
  downlinkChannels: [],
  dynamic: true,
  rx2: { frequencyHz: 869_100_000, dataRate: 0 },
  bands: [
    { name: 'low', fromHz: 864_000_000, toHz: 865_000_000, eirpMaxDbm: 16, dutyPermille: 1 },
    { name: 'high', fromHz: 868_700_000, toHz: 869_200_000, eirpMaxDbm: 16, dutyPermille: 10 },
  ],
  listenBeforeTalk: false,
};
