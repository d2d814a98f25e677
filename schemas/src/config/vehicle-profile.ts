import { z } from 'zod';
import { issueWords } from './issues.ts';

/** Characters of a profile's file; a full one has some 10,000. */
export const PROFILE_TEXT_MAX = 262_144;

const text = (max: number, words: string) => z.string().min(1).max(max).describe(words);
const whole = (min: number, max: number, words: string) => z.number().int().min(min).max(max).describe(words);
const canId = (words: string) =>
  z
    .string()
    .regex(/^([0-7][0-9A-F]{2}|[01][0-9A-F]{7})$/, 'must be a CAN identifier: 3 or 8 digits of 0-9 A-F')
    .describe(words);
const octet = (words: string) =>
  z
    .string()
    .regex(/^[0-9A-F]{2}$/, 'must be one byte: 2 digits of 0-9 A-F')
    .describe(words);
const hexBytes = (max: number, words: string) =>
  z
    .string()
    .regex(/^([0-9A-F]{2})+$/, 'must be whole bytes: pairs of 0-9 A-F')
    .max(max * 2)
    .describe(words);
const profileName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,47}$/, 'must be 1 to 48 of a-z 0-9 - and start with a letter');
const raw = whole(-9_007_199_254_740_991, 9_007_199_254_740_991, 'A raw number, as the bits say');

const source = z.strictObject({
  id: profileName.describe('By what name the requests and vectors refer to it'),
  where: text(300, 'Where the facts can be checked: a repository with path and commit, a page, a person'),
  licence: text(60, 'Licence of that source; only facts are taken from it'),
});

const vector = z.strictObject({
  origin: z
    .enum(['published', 'computed'])
    .describe('published: a car sent these bytes; computed: they were worked out from the formulas'),
  source: profileName.optional().describe('Where a published one can be checked'),
  frames: z
    .array(hexBytes(8, 'Data bytes of one CAN frame, ISO-TP bytes included'))
    .min(1)
    .max(64)
    .describe('The frames of one answer in their order'),
  values: z
    .record(z.string().max(96), z.number())
    .describe('What the answer says, by signal; a signal that is not here is not in the answer'),
});

const signal = z.strictObject({
  signal: text(96, 'Name in the signal table, such as Vehicle.Powertrain.TractionBattery.CurrentVoltage'),
  formula: text(96, 'bit|length@order sign (factor,offset) over the answer from its service byte on'),
  unit: text(16, 'Unit of the result; the one that the signal table has'),
  min: z.number().optional().describe('Smallest value that is believed; the table’s where it is left out'),
  max: z.number().optional().describe('Largest value that is believed; the table’s where it is left out'),
  nulls: z
    .array(z.union([raw, z.tuple([raw, raw])]))
    .max(16)
    .optional()
    .describe('Raw numbers, or first and last of a run of them, that mean “no value”'),
  map: z
    .record(z.string().regex(/^(0|[1-9][0-9]{0,9})$/, 'must be raw numbers'), z.number().int())
    .refine((entries) => Object.keys(entries).length <= 64, 'must have at most 64 entries')
    .optional()
    .describe('For codes and flags: the value of each raw number; any other is a fault'),
  note: text(300, 'A trap, or where sources disagree').optional(),
});

const request = z.strictObject({
  name: profileName.describe('One within the profile'),
  target: canId('CAN identifier that the request is sent to'),
  answer: canId('CAN identifier that the answer comes from'),
  extended: z
    .strictObject({
      request: octet('First byte of every request frame'),
      answer: octet('First byte of every answer frame'),
    })
    .optional()
    .describe('ISO-TP extended or mixed addressing: one byte before the ISO-TP byte of each frame'),
  request: z
    .string()
    .regex(/^(01[0-9A-F]{2}|21[0-9A-F]{2}|22[0-9A-F]{4})$/, 'must be service 01, 21 or 22 and what to read')
    .describe('Service and identifier: 22F190, 2101, 010C; nothing else can be asked'),
  answerBytes: z
    .array(whole(2, 4_095, 'Bytes of a whole answer, from its service byte on'))
    .min(1)
    .max(8)
    .optional()
    .describe('Lengths that the answer can have; any other is another layout, and nothing is read from it'),
  intervalMs: whole(100, 86_400_000, 'How often it is worth asking, in milliseconds'),
  session: z
    .enum(['default', 'extended'])
    .default('default')
    .describe('extended: answers only in session 10 03, which the user must allow'),
  flowControl: z
    .strictObject({
      blockSize: whole(0, 255, 'Frames until the next flow control; 0 is all'),
      separationMs: whole(0, 127, 'Milliseconds between frames'),
    })
    .optional()
    .describe('What to send after a first frame where 0 and 0 does not work'),
  confidence: z
    .enum(['measured elsewhere', 'single source'])
    .describe('measured elsewhere: published with real answers, or by two sources that agree'),
  sources: z.array(profileName).min(1).max(8).describe('Identifiers of the sources of this request'),
  signals: z.array(signal).min(1).max(64),
  vectors: z.array(vector).max(16).default([]),
});

const vehicle = z.strictObject({
  make: text(40, 'Hyundai'),
  models: z.array(text(40, 'Kona Electric')).min(1).max(16),
  years: z
    .tuple([whole(1980, 2100, 'First model year'), whole(1980, 2100, 'Last model year')])
    .describe('First and last model year that the facts were seen on'),
  powertrain: z.enum(['bev', 'phev', 'hev', 'combustion']),
  vins: z
    .array(z.string().regex(/^[A-HJ-NPR-Z0-9?]{3,17}$/, 'must be how a VIN begins, ? for any one character'))
    .max(32)
    .optional()
    .describe('How a VIN of it begins; ? stands for any one character'),
});

export const vehicleProfileShape = z.strictObject({
  $schema: z.string().optional().describe('For editors'),
  format: z.literal(1).describe('Of this description; 1'),
  name: profileName.describe('What a configuration calls it'),
  title: text(80, 'What people call it'),
  vehicles: z.array(vehicle).min(1).max(16),
  note: text(600, 'What a user should know').optional(),
  sources: z.array(source).min(1).max(16),
  requests: z.array(request).min(1).max(128),
});

/** A profile as it is written in a file. */
export type VehicleProfileFile = z.input<typeof vehicleProfileShape>;

export interface ShapeProblem {
  readonly path: readonly PropertyKey[];
  /** One sentence that begins with the place. */
  readonly words: string;
}

/** Whether a value has the shape of a profile: the profile with its defaults, or everything that is wrong. */
export const checkProfileShape = (
  value: unknown,
): { readonly file: VehicleProfileFile } | { readonly problems: readonly ShapeProblem[] } => {
  const parsed = vehicleProfileShape.safeParse(value);
  if (parsed.success) return { file: parsed.data };
  return {
    problems: parsed.error.issues.map((issue) => ({
      path: issue.path,
      words: issueWords(vehicleProfileShape, issue),
    })),
  };
};

/** For editors: completes and checks a profile as it is written. */
export const profileJsonSchema = (): object => ({
  ...z.toJSONSchema(vehicleProfileShape, { io: 'input' }),
  title: 'Outpost vehicle profile',
});
