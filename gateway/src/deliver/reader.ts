const PREFIX = 'deliver:';

/** The journal reader of a network. */
export const deliverReader = (network: string): string => `${PREFIX}${network}`;

/** The network whose reader it is; undefined for any other reader. */
export const networkOfReader = (reader: string): string | undefined =>
  reader.startsWith(PREFIX) ? reader.slice(PREFIX.length) : undefined;
