export { configJsonSchema, parseConfig } from './parse.ts';
export type { Config, DeviceConfig, NetworkConfig, PrivacyConfig, StoreConfig } from './shape.ts';
