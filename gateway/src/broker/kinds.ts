/** Which topics devices of one make speak on, as their firmware names them by default. */
export interface DeviceKind {
  readonly name: string;
  readonly words: string;
  topics(device: string): readonly string[];
}

/** `plain` first: what is meant where nothing is said. */
export const DEVICE_KINDS: readonly DeviceKind[] = [
  { name: 'plain', words: 'your own firmware', topics: (device) => [`devices/${device}/#`] },
  { name: 'signed', words: 'a device that signs its readings', topics: (device) => [`devices/${device}/#`] },
  { name: 'wican', words: 'WiCAN; its device id is the name', topics: (device) => [`wican/${device}/#`] },
  { name: 'ovms', words: 'OVMS v3; its server user is the name', topics: (device) => [`ovms/${device}/#`] },
  {
    name: 'tasmota',
    words: 'Tasmota; its topic is the name',
    topics: (device) => ['tele', 'stat', 'cmnd'].map((first) => `${first}/${device}/#`),
  },
  { name: 'esphome', words: 'ESPHome; its topic prefix is the name', topics: (device) => [`${device}/#`] },
  { name: 'reader', words: 'a page or program that only listens', topics: () => [] },
];

export const deviceKind = (name: string): DeviceKind | undefined =>
  DEVICE_KINDS.find((kind) => kind.name === name);
