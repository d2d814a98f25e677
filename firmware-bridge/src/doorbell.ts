/** Lets one sleeper sleep until something may have changed. A ring between looking and sleeping is not lost. */
export interface Doorbell {
  ring(): void;
  wait(): Promise<void>;
}

export const createDoorbell = (): Doorbell => {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring: () => {
      rung = true;
      wake?.();
    },
    wait: async () => {
      if (!rung) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      rung = false;
      wake = undefined;
    },
  };
};
