export * from './bytes.ts';
export * from './fault.ts';
export * from './reading.ts';
export * from './time.ts';
