import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['*/src/**/*.test.ts'],
    // No module-level mutable state is a rule here (docs/STYLE.md), which makes shared workers safe.
    isolate: false,
    testTimeout: 30_000,
  },
});
