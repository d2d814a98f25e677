import { type DataRate, fsk, lora, lrFhss, type RegionPlan, SF12_TO_SF7 } from './plan.ts';

const SF12_TO_SF6_WIDE: readonly DataRate[] = [12, 11, 10, 9, 8, 7, 6].map((sf, i) =>
  lora(8 + i, sf, 500_000),
);

/** US915 and AU915 answer alike: eight channels of 500 kHz from 923.3 MHz. */
const AMERICAN_DOWNLINK = [lora(0, 5, 500_000), ...SF12_TO_SF6_WIDE];
const AMERICAN_DOWNLINK_CHANNELS = [
  { firstHz: 923_300_000, stepHz: 600_000, count: 8, dataRates: [8, 13] as const },
];

/** A channel of less than 500 kHz may be held for 400 ms only (FCC 47 CFR 15.247 (a)(1)(i)). */
const NARROW_DWELL = { maxUs: 400_000, belowHz: 500_000 };

export const US915: RegionPlan = {
  name: 'US915',
  uplink: [
    ...[10, 9, 8, 7].map((sf, index) => lora(index, sf)),
    lora(4, 8, 500_000),
    lrFhss(5, '1/3', 1_523_000),
    lrFhss(6, '2/3', 1_523_000),
    lora(7, 6),
    lora(8, 5),
  ],
  downlink: AMERICAN_DOWNLINK,
  uplinkChannels: [
    { firstHz: 902_300_000, stepHz: 200_000, count: 64, dataRates: [0, 3] },
    { firstHz: 903_000_000, stepHz: 1_600_000, count: 8, dataRates: [4, 4] },
  ],
  downlinkChannels: AMERICAN_DOWNLINK_CHANNELS,
  dynamic: false,
  rx2: { frequencyHz: 923_300_000, dataRate: 8 },
  bands: [
    {
      name: 'all',
      fromHz: 902_000_000,
      toHz: 928_000_000,
      eirpMaxDbm: 30,
      dutyPermille: 1_000,
      dwell: NARROW_DWELL,
    },
  ],
  listenBeforeTalk: false,
};

export const AU915: RegionPlan = {
  name: 'AU915',
  uplink: [...SF12_TO_SF7, lora(6, 8, 500_000), lrFhss(7, '1/3', 1_523_000), lora(9, 6), lora(10, 5)],
  downlink: AMERICAN_DOWNLINK,
  uplinkChannels: [
    { firstHz: 915_200_000, stepHz: 200_000, count: 64, dataRates: [0, 5] },
    { firstHz: 915_900_000, stepHz: 1_600_000, count: 8, dataRates: [6, 6] },
  ],
  downlinkChannels: AMERICAN_DOWNLINK_CHANNELS,
  dynamic: false,
  rx2: { frequencyHz: 923_300_000, dataRate: 8 },
  bands: [
    {
      name: 'all',
      fromHz: 915_000_000,
      toHz: 928_000_000,
      eirpMaxDbm: 30,
      dutyPermille: 1_000,
      dwell: NARROW_DWELL,
    },
  ],
  listenBeforeTalk: false,
  note: 'The dwell time is what devices keep before a network lifts it; the strict reading is kept.',
};

/**
 * The plan of 96 uplink channels that networks run (ChirpStack cn470.rs, The Things Network CN_470_510), before the 20
 * and 26 MHz antenna plans of RP002 with their own second windows (485.3 to 502.5 MHz). 19.15 dBm are 50 mW ERP.
 */
export const CN470: RegionPlan = {
  name: 'CN470',
  uplink: [...SF12_TO_SF7, lora(6, 7, 500_000), fsk(7)],
  downlink: [...SF12_TO_SF7, lora(6, 7, 500_000), fsk(7)],
  uplinkChannels: [{ firstHz: 470_300_000, stepHz: 200_000, count: 96, dataRates: [0, 5] }],
  downlinkChannels: [{ firstHz: 500_300_000, stepHz: 200_000, count: 48, dataRates: [0, 5] }],
  dynamic: false,
  rx2: { frequencyHz: 505_300_000, dataRate: 0 },
  bands: [{ name: 'all', fromHz: 470_000_000, toHz: 510_000_000, eirpMaxDbm: 19, dutyPermille: 1_000 }],
  listenBeforeTalk: false,
  note: 'Newer devices leave out DR0 (SF12), which is longer than a second on the air (LoRaMac-node, RegionCN470.h).',
};
