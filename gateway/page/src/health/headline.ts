import type { Check } from '../../../src/control/health.ts';

/** How all of it is, in one sentence. */
export const headline = (checks: readonly Check[]): string => {
  const count = checks.filter(({ state }) => state === 'wrong').length;
  if (count === 0) return 'All is well.';
  return count === 1 ? 'One thing needs you.' : `${count} things need you.`;
};
