/** The grid, and the judge of evidence, for who is not the command: loaded only when asked for, H3 with them. */
export const loadCoverage = async () => {
  const [grid, judge] = await Promise.all([import('./h3.ts'), import('./judge-evidence.ts')]);
  return { ...grid, ...judge };
};
