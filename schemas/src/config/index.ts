export { configJsonSchema, parseConfig } from './parse.ts';
export type {
  BrokerConfig,
  Config,
  DeviceConfig,
  NetworkConfig,
  PrivacyConfig,
  StoreConfig,
} from './shape.ts';
