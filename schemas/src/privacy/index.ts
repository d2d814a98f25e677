export { distanceM, type Place, type PrivacyZone, zoneOf } from './zone.ts';
