export { addressOf } from '@outpost/gateway/helium';
export { type CoverageOptions, type ServedCoverage, serveCoverage } from './serve-coverage.ts';
export { type HeliumOptions, type ServedHelium, serveHelium } from './serve-router.ts';
