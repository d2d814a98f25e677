import { z } from 'zod';

/** A whole number of some unit within stated limits; the limits stand in the emitted JSON Schema too. */
export const count = (min: number, max: number, fallback: number, words: string): z.ZodDefault<z.ZodNumber> =>
  z.number().int().min(min).max(max).default(fallback).describe(words);
