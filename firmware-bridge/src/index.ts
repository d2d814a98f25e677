export * from './adapter.ts';
export * from './clock.ts';
export * from './port.ts';
export * from './session.ts';
export * from './wire.ts';
