export * from './base64.ts';
export * from './bytes.ts';
export * from './fault.ts';
export * from './gps-time.ts';
export * from './order.ts';
export * from './radio.ts';
export * from './reading.ts';
export * from './time.ts';
