import type { chirpstackCodec } from '@outpost/firmware-bridge/wires';
import { DOWNLINK_FRAME, downlinkItems, type GwEncoding, readGw } from '@outpost/schemas/radio/gw';
import type { DownlinkItem } from '@outpost/schemas/words';

/** How a gateway behind chirpstack-gateway-bridge or chirpstack-mqtt-forwarder writes. */
export interface BridgeDialect {
  /** What stands before `gateway/`: empty, or `eu868/`. */
  readonly prefix: string;
  readonly encoding: GwEncoding;
}

export interface BridgeName extends BridgeDialect {
  /** 16 digits of lower-case hex. */
  readonly eui: string;
}

/** Told apart by nothing but their name. */
export const commandFilter = ({ prefix, eui }: BridgeName): string => `${prefix}gateway/${eui}/command/#`;

type Status = Extract<
  Parameters<typeof chirpstackCodec.event.encode>[0],
  { readonly kind: 'ack' }
>['statuses'][number];

export interface DownlinkCommand {
  readonly downlinkId: number;
  /** Alternatives, in order. */
  readonly items: readonly DownlinkItem[];
}

/** What a network server asks for; undefined for all but a downlink that can be read, which is all that is obeyed. */
export const readDown = (
  { eui, prefix }: BridgeName,
  topic: string,
  payload: Uint8Array,
): DownlinkCommand | undefined => {
  if (topic !== `${prefix}gateway/${eui}/command/down`) return undefined;
  const read = readGw(DOWNLINK_FRAME, payload);
  if (!read.ok || read.value.gatewayId !== eui) return undefined;
  const items = downlinkItems(read.value);
  return items.ok ? { downlinkId: read.value.downlinkId, items: items.value } : undefined;
};

/** One status for each item: those after the one that was taken were not looked at. */
export const statusesOf = (
  items: readonly DownlinkItem[],
  take: (item: DownlinkItem) => Status | undefined,
): readonly Status[] => {
  let isTaken = false;
  return items.map((item): Status => {
    if (isTaken) return 'IGNORED';
    const error = take(item);
    isTaken = error === undefined;
    return error ?? 'OK';
  });
};
