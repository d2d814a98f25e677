type Labels = ReadonlyMap<number, string>;

const from = (first: number, ...texts: readonly string[]): Labels =>
  new Map(texts.map((text, index) => [first + index, text]));

export const IGNITION_TYPES: Labels = from(0, 'spark', 'compression');

/** PID 03; one bit each, 0 where the second system does not exist. */
export const FUEL_STATES: Labels = new Map([
  [0, 'off'],
  [1, 'open loop, cold'],
  [2, 'closed loop'],
  [4, 'open loop, load or overrun'],
  [8, 'open loop, fault'],
  [16, 'closed loop, sensor fault'],
]);

/** PID 12. */
export const SECONDARY_AIR_STATES: Labels = new Map([
  [1, 'upstream'],
  [2, 'downstream'],
  [4, 'off or from outside'],
  [8, 'on for diagnosis'],
]);

/** PID 51. */
export const FUEL_TYPES: Labels = from(
  0,
  'none',
  'petrol',
  'methanol',
  'ethanol',
  'diesel',
  'LPG',
  'CNG',
  'propane',
  'electric',
  'bifuel on petrol',
  'bifuel on methanol',
  'bifuel on ethanol',
  'bifuel on LPG',
  'bifuel on CNG',
  'bifuel on propane',
  'bifuel on electricity',
  'bifuel on electricity and combustion',
  'hybrid petrol',
  'hybrid ethanol',
  'hybrid diesel',
  'hybrid electric',
  'hybrid on electricity and combustion',
  'hybrid regenerative',
  'bifuel on diesel',
  'bifuel on natural gas',
  'bifuel on diesel, alternate',
  'natural gas',
  'diesel and CNG',
  'diesel and LNG',
  'hydrogen fuel cell',
  'hydrogen combustion',
  'kerosene',
  'heavy fuel oil',
);

/** PID 1C: the regulation that the vehicle was certified to. */
export const OBD_STANDARDS: Labels = new Map([
  ...from(1, 'OBD-II (CARB)', 'OBD (EPA)', 'OBD and OBD-II', 'OBD-I', 'none', 'EOBD'),
  ...from(7, 'EOBD and OBD-II', 'EOBD and OBD', 'EOBD, OBD and OBD-II', 'JOBD', 'JOBD and OBD-II'),
  ...from(12, 'JOBD and EOBD', 'JOBD, EOBD and OBD-II', 'Euro IV B1', 'Euro V B2', 'Euro EEV C'),
  ...from(17, 'EMD', 'EMD+', 'HD OBD-C', 'HD OBD', 'WWH OBD'),
  ...from(23, 'HD EOBD-I', 'HD EOBD-I N', 'HD EOBD-II', 'HD EOBD-II N', 'HD ZEV'),
  ...from(28, 'OBDBr-1', 'OBDBr-2', 'KOBD', 'IOBD I', 'IOBD II', 'HD EOBD-VI'),
  ...from(34, 'OBD, OBD-II and HD OBD', 'OBDBr-3', 'MC EOBD-I', 'MC EOBD-II', 'MC COBD-I', 'MC TOBD-I'),
  ...from(40, 'MC JOBD-I', 'CN-OBD-6', 'OBDBr-P7', 'CN-HDOBD-VI', 'IOBD BS6 I', 'IOBD BS6 II'),
]);

/** PID 5F. */
export const EMISSION_REQUIREMENTS: Labels = from(14, 'Euro IV B1', 'Euro V B2', 'Euro EEV C', 'Euro VI');

/** PIDs 70 and 71. */
export const CONTROL_STATES: Labels = from(0, 'reserved', 'open loop', 'closed loop', 'fault');

/** PID 8B. */
export const REGENERATION_TYPES: Labels = from(0, 'passive', 'active');

/** PID 90. */
export const LAMP_STRATEGIES: Labels = new Map([
  [0, 'non-discriminatory'],
  [1, 'discriminatory'],
  [3, 'not available'],
]);

/** PIDs 90 and 91. */
export const LAMP_MODES: Labels = new Map([
  ...from(0, 'off', 'on demand', 'short', 'continuous'),
  ...from(14, 'error', 'not available'),
]);

/** PID 94. */
export const INDUCEMENT_STATES: Labels = from(0, 'inactive', 'enabled', 'active', 'not supported');

/** PID 9A. */
export const CHARGING_STATES: Labels = from(0, 'charge sustaining', 'charge depleting');
export const CHARGING_STATES_ENHANCED: Labels = from(
  0,
  'charge sustaining',
  'charge depleting',
  'charge increasing',
);

/** Of the charging that a vehicle does; 0 is none. */
export const CHARGING_MODES: Labels = from(0, 'not charging', 'slow AC', 'AC', 'DC', 'waiting', 'complete');

/** As VSS numbers `Transmission.SelectedGear`: forward gears by their number, the rest apart from them. */
export const SELECTED_GEARS: Labels = new Map([
  [-1, 'reverse'],
  [0, 'neutral'],
  ...Array.from({ length: 12 }, (_, gear): [number, string] => [gear + 1, `gear ${gear + 1}`]),
  [126, 'park'],
  [127, 'drive'],
]);
