export { configJsonSchema, parseConfig } from './parse.ts';
export type { Config, DeviceConfig, NetworkConfig, StoreConfig } from './shape.ts';
