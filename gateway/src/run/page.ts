import type { PageParts } from '../page/page.ts';
import type { Task } from './tasks.ts';

/** How long until a page that could not be served is tried again. */
const AGAIN_MS = 60_000;

/** The page beside the gateway: without it everything else goes on. Its code is loaded only where it is configured. */
export const pageTask = (parts: PageParts): Task => ({
  name: 'page',
  run: async (signal) => {
    const { openPage } = await import('../page/page.ts');
    for (;;) {
      const page = await openPage(parts);
      if (page.ok) return await page.value.run(signal);
      parts.log.fault(page.fault);
      await parts.clock.sleep(AGAIN_MS, signal);
    }
  },
});
