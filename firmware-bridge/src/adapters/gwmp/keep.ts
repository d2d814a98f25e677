import type { Allowed, GwmpOptions } from './options.ts';
import { EMPTY_STATE, type Gateway, newGateway, type State } from './state.ts';

/** Letters that the journal keeps for a device. */
const KEEP_MAX_LENGTH = 8_192;

const at = (address: string | undefined): string =>
  address === undefined || address === '' ? '' : `@${address}`;

/**
 * What is remembered over a restart: `+eui@address` may speak by order, `-eui` may not, `eui@address` is bound by the
 * configuration's leave. Undefined where what orders said does not fit; of the rest, what fits: a gateway of the
 * configuration whose address is forgotten is bound anew by its next word.
 */
export const keepText = ({ gateways, forbidden }: State): string | undefined => {
  const known = [...gateways.values()].filter(({ pinned }) => !pinned);
  const ordered = [
    ...known.filter(({ by }) => by === 'order').map(({ eui, address }) => `+${eui}${at(address)}`),
    ...[...forbidden].map((eui) => `-${eui}`),
  ].join(' ');
  if (ordered.length > KEEP_MAX_LENGTH) return undefined;
  let text = ordered;
  for (const { by, eui, address } of known) {
    if (by !== 'allow' || address === undefined) continue;
    const next = `${text}${text === '' ? '' : ' '}${eui}${at(address)}`;
    if (next.length > KEEP_MAX_LENGTH) break;
    text = next;
  }
  return text;
};

const WORD = /^([-+]?)([0-9a-f]{16})(?:@([0-9a-f.:]{2,45}))?$/;

const allowedGateway = ({ eui, address }: Allowed): Gateway =>
  newGateway(eui, 'allow', address, address !== undefined);

/** The state in which a run begins: what the configuration says, and what is remembered where both go together. */
export const rememberedState = ({ allow }: GwmpOptions, text: string): State => {
  const gateways = new Map(allow.map((each) => [each.eui, allowedGateway(each)]));
  const forbidden = new Set<string>();
  for (const word of text.split(' ')) {
    const [, sign, eui, address] = WORD.exec(word) ?? [];
    if (eui === undefined) continue;
    const known = gateways.get(eui);
    if (sign === '-') {
      gateways.delete(eui);
      forbidden.add(eui);
    } else if (known !== undefined) {
      if (!known.pinned) gateways.set(eui, { ...known, address });
    } else if (sign === '+') gateways.set(eui, newGateway(eui, 'order', address));
  }
  return { ...EMPTY_STATE, gateways, forbidden, kept: text };
};
