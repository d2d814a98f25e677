export * as elm327Wire from './elm327/wire.ts';
