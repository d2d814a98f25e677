import { defineConfig } from 'vitest/config';

/** Whole paths over real sockets, processes, disks and databases, and the soaks in short. All else is of units. */
const SYSTEM = [
  'device-sim/src/{avr,faults,helium,interop,mqtt,network,own-network,page,soak,system}/**/*.test.ts',
  'device-sim/src/devices/**/*.session.test.ts',
  'gateway/src/{influxd,run}/**/*.test.ts',
  'gateway/src/**/interop.test.ts',
];

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    // No module-level mutable state is a rule here (docs/STYLE.md), which makes shared workers safe.
    isolate: false,
    testTimeout: 30_000,
    // Most of what is tested waits for sockets and disks most of the time.
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['*/src/**/*.test.ts', 'gateway/page/src/**/*.test.ts'],
          exclude: SYSTEM,
        },
      },
      { extends: true, test: { name: 'system', include: SYSTEM } },
    ],
  },
});
