import axe from 'axe-core';
import type { Page } from 'playwright-core';

interface Finding {
  readonly id: string;
  readonly impact: string;
  readonly targets: readonly string[];
}

/** What the rules of axe-core find that keeps people out, in the page as it is now. */
export const seriousFindings = async (page: Page): Promise<readonly Finding[]> => {
  // By the browser's own protocol: the page's security policy takes no script from anybody else.
  const session = await page.context().newCDPSession(page);
  const evaluate = async (expression: string): Promise<unknown> => {
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined)
      throw new Error(exceptionDetails.exception?.description ?? 'axe failed');
    return result.value;
  };
  try {
    await evaluate(`${axe.source}; undefined`);
    const found = (await evaluate(
      `axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) =>
        ({ id, impact, targets: nodes.map(({ target }) => String(target)) })))`,
    )) as readonly Finding[];
    return found.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  } finally {
    await session.detach();
  }
};
