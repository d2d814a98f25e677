/** Of the whole workspace; a test keeps it equal to package.json. */
export const VERSION = '0.1.0';

/** How evidence names what signed it, at most 64 bytes. */
export const SOFTWARE: string = `outpost ${VERSION}`;
