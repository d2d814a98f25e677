import {
  DM1_PGN,
  decodeDm1,
  decodeParameterGroup,
  decodeVehicleIdentification,
  signalByName,
  VEHICLE_IDENTIFICATION_PGN,
} from '@outpost/schemas/vehicle';
import { type Body, monoNs, ok, type Result } from '@outpost/schemas/words';
import { j1939Unit } from './j1939-id.ts';
import { type J1939Message, NO_TRANSPORT, receiveJ1939, type Transport } from './j1939-transport.ts';

const LAMP = signalByName('Vehicle.OBD.Status.IsMILOn');

const dm1Bodies = (bytes: Uint8Array, ecu: number): Result<readonly Body[]> => {
  const active = decodeDm1(bytes);
  if (!active.ok) return active;
  const { codes, isLampOn } = active.value;
  const list: Body = { kind: 'codes', status: 'stored', codes, ecu };
  if (LAMP === undefined || isLampOn === undefined) return ok([list]);
  return ok([list, { kind: 'number', signal: LAMP.id, mantissa: isLampOn ? 1 : 0, ecu }]);
};

/**
 * What one message says; empty for a group that is not read, and for one whose values are all not available. Faults are
 * `malformed`: those of `decodeDm1` and `decodeVehicleIdentification`.
 */
export const j1939Bodies = ({
  pgn,
  source,
  bytes,
}: Pick<J1939Message, 'pgn' | 'source' | 'bytes'>): Result<readonly Body[]> => {
  const ecu = j1939Unit(source);
  if (pgn === DM1_PGN) return dm1Bodies(bytes, ecu);
  if (pgn === VEHICLE_IDENTIFICATION_PGN) {
    const vin = decodeVehicleIdentification(bytes);
    return vin.ok ? ok([{ kind: 'identity', of: 'vin', text: vin.value, ecu }]) : vin;
  }
  const quantities = decodeParameterGroup(pgn, bytes) ?? [];
  return ok(quantities.map((value) => ({ kind: 'number', ...value, ecu })));
};

const NO_BYTES = new Uint8Array(0);

/**
 * What the frames of exactly one message say, computed again from nothing but them; empty where they are anything
 * else. When they came is not kept in them, so it is not asked.
 */
export const redecodeJ1939 = (
  frames: readonly { readonly id: number; readonly bytes: Uint8Array }[],
): readonly Body[] => {
  let transport: Transport = NO_TRANSPORT;
  for (const [index, { id, bytes }] of frames.entries()) {
    const frame = { id, bytes, carrier: { raw: NO_BYTES, fault: undefined } };
    const received = receiveJ1939(transport, frame, monoNs(0n));
    if (received.broken !== undefined) return [];
    transport = received.transport;
    if (received.message === undefined) continue;
    const bodies = index === frames.length - 1 ? j1939Bodies(received.message) : undefined;
    return bodies?.ok === true ? bodies.value : [];
  }
  return [];
};
