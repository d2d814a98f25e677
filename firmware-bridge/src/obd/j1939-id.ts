/** What a 29-bit identifier says in SAE J1939-21. */
export interface J1939Id {
  /** 0 goes first on the bus, 7 last. */
  readonly priority: number;
  /** Parameter group, 0 to 262,143. */
  readonly pgn: number;
  /** Address of the control unit that sent it. */
  readonly source: number;
  /** To whom; undefined where it is for everybody. */
  readonly destination: number | undefined;
}

/** From here on the second byte is a part of the group; below, it is the address that it is meant for. */
const BROADCAST_FROM = 240;
export const EVERYBODY = 0xff;

/** Takes a 29-bit identifier apart. */
export const readJ1939Id = (id: number): J1939Id => {
  const format = (id >>> 16) & 0xff;
  const specific = (id >>> 8) & 0xff;
  const pages = (id >>> 8) & 0x3_0000;
  const isBroadcast = format >= BROADCAST_FROM;
  return {
    priority: (id >>> 26) & 7,
    pgn: pages | (format << 8) | (isBroadcast ? specific : 0),
    source: id & 0xff,
    destination: isBroadcast || specific === EVERYBODY ? undefined : specific,
  };
};

/** The exact inverse; `destination` undefined is everybody. */
export const j1939Id = ({ priority, pgn, source, destination }: J1939Id): number => {
  const isBroadcast = ((pgn >>> 8) & 0xff) >= BROADCAST_FROM;
  const specific = isBroadcast ? 0 : (destination ?? EVERYBODY);
  return priority * 2 ** 26 + ((pgn << 8) | (specific << 8) | source);
};

/** Priority and group of the message in which a control unit claims its address, to everybody. */
const ADDRESS_CLAIMED = 0x18ee_ff00;

/**
 * The control unit's address as readings carry it: the identifier of its claim of that address (18EEFFxx), because an
 * engine has the address 0, and 0 says that there is no control unit.
 */
export const j1939Unit = (source: number): number => ADDRESS_CLAIMED | source;
