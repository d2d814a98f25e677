export { configJsonSchema, parseConfig } from './parse.ts';
export type {
  BrokerConfig,
  Config,
  DeviceConfig,
  NetworkConfig,
  PageConfig,
  PrivacyConfig,
  StoreConfig,
} from './shape.ts';
