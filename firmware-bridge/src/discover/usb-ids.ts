/**
 * What a USB device could be, by its ids and by the names it gives itself. Ids are facts of their makers as listed
 * in the public usb.ids (2025-08) and in the Linux drivers cp210x, ch341, pl2303, ftdi_sio and cdc-acm. Most ids
 * name only the bridge chip: behind a CP2102 there may be a LoRa board, a dongle or a coffee machine, so these rows
 * say `possible`, and nothing is ever written to a device to find out.
 */
export interface UsbRow {
  /** `vendor:product` in lower-case hex, or `vendor` for all its products. */
  readonly id: string;
  readonly chip: string;
  readonly couldBe: readonly Guess[];
}

export type Guess =
  | 'obd-dongle'
  | 'can-adapter'
  | 'gnss-receiver'
  | 'lora-board'
  | 'microcontroller'
  | 'modem';

/** For people. */
export const guessWords: Readonly<Record<Guess, string>> = {
  'obd-dongle': 'OBD-II dongle',
  'can-adapter': 'CAN adapter',
  'gnss-receiver': 'GNSS receiver',
  'lora-board': 'LoRa board',
  microcontroller: 'microcontroller board',
  modem: 'cellular modem',
};

/** What hides behind a bridge chip of the trade. */
const BRIDGE: readonly Guess[] = ['obd-dongle', 'lora-board', 'gnss-receiver', 'microcontroller'];

export const usbRows: readonly UsbRow[] = [
  { id: '0403:6001', chip: 'FTDI FT232R', couldBe: BRIDGE },
  { id: '0403:6010', chip: 'FTDI FT2232', couldBe: ['lora-board', 'microcontroller'] },
  { id: '0403:6011', chip: 'FTDI FT4232H', couldBe: ['lora-board', 'microcontroller'] },
  { id: '0403:6014', chip: 'FTDI FT232H', couldBe: ['lora-board', 'microcontroller'] },
  // OBDLink SX and EX carry this one.
  { id: '0403:6015', chip: 'FTDI FT230X', couldBe: ['obd-dongle', 'lora-board', 'microcontroller'] },
  { id: '0403:9f80', chip: 'CANdapter', couldBe: ['can-adapter'] },
  { id: '0403:ffa8', chip: 'LAWICEL CANUSB', couldBe: ['can-adapter'] },
  { id: '1a86:5523', chip: 'QinHeng CH341', couldBe: BRIDGE },
  { id: '1a86:7523', chip: 'QinHeng CH340', couldBe: BRIDGE },
  { id: '1a86:55d3', chip: 'QinHeng CH343', couldBe: BRIDGE },
  { id: '1a86:55d4', chip: 'QinHeng CH9102', couldBe: ['lora-board', 'microcontroller'] },
  // Heltec WiFi LoRa 32 and RAK boards with an ESP32 carry a CP2102.
  { id: '10c4:ea60', chip: 'Silicon Labs CP210x', couldBe: BRIDGE },
  { id: '10c4:ea70', chip: 'Silicon Labs CP2105', couldBe: BRIDGE },
  { id: '10c4:ea71', chip: 'Silicon Labs CP2108', couldBe: BRIDGE },
  { id: '067b:2303', chip: 'Prolific PL2303', couldBe: ['obd-dongle', 'gnss-receiver'] },
  { id: '067b:23a3', chip: 'Prolific PL2303GC', couldBe: ['obd-dongle', 'gnss-receiver'] },
  { id: '067b:23c3', chip: 'Prolific PL2303GT', couldBe: ['obd-dongle', 'gnss-receiver'] },
  { id: '1546:01a5', chip: 'u-blox 5', couldBe: ['gnss-receiver'] },
  { id: '1546:01a6', chip: 'u-blox 6', couldBe: ['gnss-receiver'] },
  { id: '1546:01a7', chip: 'u-blox 7', couldBe: ['gnss-receiver'] },
  { id: '1546:01a8', chip: 'u-blox 8', couldBe: ['gnss-receiver'] },
  { id: '1546:01a9', chip: 'u-blox 9', couldBe: ['gnss-receiver'] },
  { id: '1546', chip: 'u-blox', couldBe: ['gnss-receiver'] },
  // CANable and CANtact with the SLCAN firmware.
  { id: '16d0:117e', chip: 'CANable', couldBe: ['can-adapter'] },
  { id: 'ad50:60c4', chip: 'CANable', couldBe: ['can-adapter'] },
  { id: '1d50:60c4', chip: 'CANtact', couldBe: ['can-adapter'] },
  // RAK and other concentrators on USB show ST's own example id.
  { id: '0483:5740', chip: 'ST virtual COM port', couldBe: ['lora-board', 'can-adapter', 'microcontroller'] },
  { id: '239a:8029', chip: 'nRF52840 (RAK4631, Feather)', couldBe: ['lora-board', 'microcontroller'] },
  { id: '239a', chip: 'Adafruit', couldBe: ['microcontroller', 'lora-board'] },
  { id: '303a:1001', chip: 'Espressif USB serial/JTAG', couldBe: ['lora-board', 'microcontroller'] },
  { id: '303a', chip: 'Espressif', couldBe: ['lora-board', 'microcontroller'] },
  { id: '2341', chip: 'Arduino', couldBe: ['microcontroller'] },
  { id: '2a03', chip: 'Arduino', couldBe: ['microcontroller'] },
  { id: '2e8a', chip: 'Raspberry Pi RP2040', couldBe: ['microcontroller', 'lora-board'] },
  { id: '2c7c', chip: 'Quectel', couldBe: ['modem'] },
  { id: '1e0e', chip: 'SIMCom', couldBe: ['modem'] },
  { id: '12d1', chip: 'Huawei', couldBe: ['modem'] },
];

interface NameRow {
  readonly pattern: RegExp;
  readonly couldBe: Guess;
  /** The rate it talks at from the factory, where that is not the usual 38,400. */
  readonly baud?: number;
}

/** A maker's or product's own name says more than the id of its bridge chip. */
const nameRows: readonly NameRow[] = [
  { pattern: /obdlink|scantool/i, couldBe: 'obd-dongle', baud: 115_200 },
  { pattern: /elm ?327|\bobd/i, couldBe: 'obd-dongle' },
  { pattern: /wican|meatpi/i, couldBe: 'obd-dongle' },
  { pattern: /canable|cantact|slcan|usb2can|candapter/i, couldBe: 'can-adapter' },
  { pattern: /u-?blox|gnss|\bgps/i, couldBe: 'gnss-receiver' },
  { pattern: /heltec|lilygo|t-beam|\brak\d|rakwireless|wisgate|wisblock|\blora/i, couldBe: 'lora-board' },
  { pattern: /arduino/i, couldBe: 'microcontroller' },
];

export interface UsbVerdict {
  /** `known` where a name says so, `possible` where only a chip is known, `seen` where not even that. */
  readonly certainty: 'known' | 'possible' | 'seen';
  readonly chip: string | undefined;
  readonly couldBe: readonly Guess[];
  readonly baud: number | undefined;
}

/** `names` are the device's own manufacturer and product strings. */
export const judgeUsb = (vendorId: string, productId: string, names: readonly string[]): UsbVerdict => {
  const vendor = vendorId.toLowerCase();
  const exact = `${vendor}:${productId.toLowerCase()}`;
  const row = usbRows.find(({ id }) => id === exact) ?? usbRows.find(({ id }) => id === vendor);
  const named = nameRows.find(({ pattern }) => names.some((name) => pattern.test(name)));
  const only = row?.couldBe.length === 1;
  if (named !== undefined) {
    return { certainty: 'known', chip: row?.chip, couldBe: [named.couldBe], baud: named.baud };
  }
  if (row === undefined) return { certainty: 'seen', chip: undefined, couldBe: [], baud: undefined };
  return { certainty: only ? 'known' : 'possible', chip: row.chip, couldBe: row.couldBe, baud: undefined };
};
