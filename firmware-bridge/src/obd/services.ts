interface Rule {
  readonly bytesMin: number;
  readonly bytesMax: number;
  /** Second bytes that are allowed; undefined where it is a parameter, and every one only reads. */
  readonly subFunctions?: ReadonlySet<number>;
}

/**
 * The only services that can be put on the wire, with the length of their requests: all of them read, or keep alive
 * what reads. What clears codes (04, 14), drives an actuator (08, 2F), writes, resets or programs (2E, 11, 31, 34 …) has
 * no encoding here, so that no bug and no configuration can send it.
 */
export const READ_ONLY_SERVICES: ReadonlyMap<number, Rule> = new Map<number, Rule>([
  [0x01, { bytesMin: 2, bytesMax: 7 }],
  [0x02, { bytesMin: 3, bytesMax: 3 }],
  [0x03, { bytesMin: 1, bytesMax: 1 }],
  [0x06, { bytesMin: 2, bytesMax: 2 }],
  [0x07, { bytesMin: 1, bytesMax: 1 }],
  [0x09, { bytesMin: 2, bytesMax: 2 }],
  [0x0a, { bytesMin: 1, bytesMax: 1 }],
  // Back to the default session, or into the extended one; never the one for programming.
  [0x10, { bytesMin: 2, bytesMax: 2, subFunctions: new Set([0x01, 0x03]) }],
  // Codes by a mask of their status.
  [0x19, { bytesMin: 3, bytesMax: 3, subFunctions: new Set([0x02]) }],
  [0x22, { bytesMin: 3, bytesMax: 3 }],
  // “Tester present”, with an answer or without.
  [0x3e, { bytesMin: 2, bytesMax: 2, subFunctions: new Set([0x00, 0x80]) }],
]);

/** Throws a RangeError for a request that may not be sent: to ask for it is a bug. */
export const assertReadOnly = (request: Uint8Array): void => {
  const hex = Array.from(request, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('');
  const [service = -1, subFunction = -1] = request;
  const rule = READ_ONLY_SERVICES.get(service);
  if (rule === undefined) throw new RangeError(`${hex}: the service is not on the read-only list`);
  if (request.length < rule.bytesMin || request.length > rule.bytesMax) {
    throw new RangeError(`${hex}: a request of service ${hex.slice(0, 2)} has another length`);
  }
  if (rule.subFunctions?.has(subFunction) === false) {
    throw new RangeError(`${hex}: this function of service ${hex.slice(0, 2)} is not on the read-only list`);
  }
};
