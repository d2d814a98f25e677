/** What a simulated board says before its version, so that nobody's evidence can pass for a board's that comes from there. */
export const SIMULATED_TEXT = 'outpost-simulator';
