import { askControl } from '@outpost/gateway';

/** What a gateway says of its broker, as scripts get it. */
export interface BrokerStatus {
  readonly broker?: {
    readonly tally: { readonly messages: number; readonly counts: Readonly<Record<string, number>> };
  };
}

const ASK_MS = 10_000;

/** Throws where no gateway answers. */
export const askStatus = async (data: string): Promise<BrokerStatus> => {
  const answer = await askControl(data, '/status', ASK_MS);
  if (!answer.ok) throw new Error(answer.fault.words);
  return JSON.parse(answer.value) as BrokerStatus;
};
