import { type Clock, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { isCanProtocol } from '../../car/bus.ts';
import { NO_CODES } from '../../car/codes.ts';
import type { DongleModel } from '../elm327.ts';
import type { Socket } from '../plug.ts';
import type { SlcanModel } from '../slcan.ts';
import { type ServedSlcan, serveSlcan } from './serve-slcan.ts';

/** N_Bs of ISO 15765-4. */
const FLOW_TIMEOUT_MS = 75;

/** The same car behind an SLCAN adapter. The fault is `misconfigured`: such an adapter needs CAN and has no script. */
export const slcanModelOfDongle = (model: DongleModel): Result<SlcanModel> => {
  const { car, identity, protocol, speedUp, faults } = model;
  const wrong = (option: string, words: string): Result<never> =>
    fail(fault('misconfigured', 'sim.option', option, words));
  if (!isCanProtocol(protocol)) return wrong('--protocol', 'an SLCAN adapter needs CAN: 6, 7, 8 or 9.');
  if (faults.length > 0) return wrong('--faults', 'there are none for an SLCAN adapter.');
  const flowTimeoutMs = FLOW_TIMEOUT_MS;
  return ok({ car, identity, protocol, speedUp, codes: NO_CODES, broadcasts: true, flowTimeoutMs });
};

/** What `outpost-sim car --dongle slcan` prints, and to whom. */
export interface SlcanTerminal {
  out(line: string): void;
  readonly signal: AbortSignal;
}

const summary = (car: ServedSlcan): string => {
  const { clients, commands, requests, framesOut, broadcasts, givenUp } = car.tally();
  return (
    `${clients} connected, ${commands} commands, ${requests} requests to the car, ${framesOut} frames passed on, ` +
    `${broadcasts} broadcast, ${givenUp} answers given up`
  );
};

/** Serves until the signal aborts. */
export const runSlcan = async (
  dongle: DongleModel,
  socket: Socket,
  clock: Clock,
  terminal: SlcanTerminal,
): Promise<Result<void>> => {
  const model = slcanModelOfDongle(dongle);
  if (!model.ok) return model;
  const served = await serveSlcan({ model: model.value, socket, clock, signal: terminal.signal });
  if (!served.ok) return served;
  await using car = served.value;
  terminal.out(`simulated car at ${car.where}: VIN ${dongle.identity.vin}, SLCAN adapter`);
  const ended = await car.ended;
  terminal.out(`simulated car ended: ${summary(car)}`);
  return ended;
};
