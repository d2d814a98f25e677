import { z } from 'zod';

const PORT_MAX = 65_535;

/** The local page and its API; off unless it is named here. */
export const pageShape = z.strictObject({
  address: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('Where it listens; 0.0.0.0 or :: for the whole network'),
  port: z.int().min(0).max(PORT_MAX).default(8080).describe('TCP port; 0 takes any that is free'),
  names: z
    .array(z.string().regex(/^[A-Za-z0-9.-]{1,253}$/, 'must be a host name'))
    .max(16)
    .default([])
    .describe('Names besides the host name under which browsers find it'),
});

export type PageConfig = z.output<typeof pageShape>;
