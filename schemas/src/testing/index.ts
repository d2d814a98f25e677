export * from '../evidence/sample.ts';
export * from './manual-clock.ts';
