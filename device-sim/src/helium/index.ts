export { addressOf } from '@outpost/gateway/helium';
export { type HeliumOptions, type ServedHelium, serveHelium } from './serve-router.ts';
