import type { ComponentType } from 'preact';
import type { Live } from './live.ts';
import { LiveView } from './live-view.tsx';

/** What every view is given. */
export interface ViewParts {
  readonly live: Live;
  /** What of the view is asked for: the parts of the address after its name. */
  readonly rest: readonly string[];
}

export type View = ComponentType<ViewParts>;

export interface ViewEntry {
  readonly name: string;
  /** As the navigation calls it. */
  readonly title: string;
  /** Where the view is a file of its own, which is fetched when somebody first goes there. */
  load(): View | Promise<View>;
}

/** Every view, in the order of the navigation. */
export const VIEWS: readonly ViewEntry[] = [
  { name: 'live', title: 'Live', load: () => LiveView },
  { name: 'health', title: 'Health', load: async () => (await import('./health/view.tsx')).HealthView },
  { name: 'map', title: 'Map', load: async () => (await import('./map/view.tsx')).MapView },
  {
    name: 'evidence',
    title: 'Evidence',
    load: async () => (await import('./evidence/view.tsx')).EvidenceView,
  },
  { name: 'ledger', title: 'Ledger', load: async () => (await import('./ledger/view.tsx')).LedgerView },
  {
    name: 'settings',
    title: 'Settings',
    load: async () => (await import('./settings/view.tsx')).SettingsView,
  },
  { name: 'box', title: 'Box', load: async () => (await import('./box/view.tsx')).BoxView },
];
