interface Shape {
  readonly bytesMin: number;
  readonly bytesMax: number;
}

/**
 * The only services that can be put on the wire, with the length of their requests: all of them read. What clears
 * codes (04), drives an actuator (08), writes or programs (2E, 31, 34 …) has no encoding here, so that no bug and
 * no configuration can send it.
 */
export const READ_ONLY_SERVICES: ReadonlyMap<number, Shape> = new Map([
  [0x01, { bytesMin: 2, bytesMax: 7 }],
  [0x02, { bytesMin: 3, bytesMax: 3 }],
  [0x03, { bytesMin: 1, bytesMax: 1 }],
  [0x06, { bytesMin: 2, bytesMax: 2 }],
  [0x07, { bytesMin: 1, bytesMax: 1 }],
  [0x09, { bytesMin: 2, bytesMax: 2 }],
  [0x0a, { bytesMin: 1, bytesMax: 1 }],
]);

/** Throws a RangeError for a request that may not be sent: to ask for it is a bug. */
export const assertReadOnly = (request: Uint8Array): void => {
  const hex = Array.from(request, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('');
  const shape = READ_ONLY_SERVICES.get(request[0] ?? -1);
  if (shape === undefined) throw new RangeError(`${hex}: the service is not on the read-only list`);
  if (request.length < shape.bytesMin || request.length > shape.bytesMax) {
    throw new RangeError(`${hex}: a request of service ${hex.slice(0, 2)} has another length`);
  }
};
