/**
 * Every unit a signal can have, by its name in COVESA VSS 4.2 where VSS has one. `count` is a plain number of
 * things, `flag` is 0 or 1, `code` is one of the listed labels or a standard's own number, `bits` is a bit
 * mask. `text` is no number: what is said stands in a text body, and the limits of the row mean nothing.
 */
export const UNITS = [
  'km/h',
  'rpm',
  'percent',
  'celsius',
  'kPa',
  'Pa',
  'V',
  'A',
  'mA',
  's',
  'min',
  'h',
  'km',
  'g/s',
  'kg/h',
  'l/h',
  'mg/stroke',
  'mg/m^3',
  'ppm',
  'lx',
  'degrees',
  'Nm',
  'W',
  'kWh',
  'Ah',
  'l',
  'Hz',
  'dBm',
  'ratio',
  'count',
  'flag',
  'code',
  'bits',
  'text',
] as const;

export type Unit = (typeof UNITS)[number];
