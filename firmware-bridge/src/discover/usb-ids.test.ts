import { describe, expect, it } from 'vitest';
import { guessWords, judgeUsb, usbRows } from './usb-ids.ts';

describe('the table of USB ids', () => {
  it('names each id once, in lower case, with at least one guess that has words', () => {
    const ids = usbRows.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, chip, couldBe } of usbRows) {
      expect(id).toMatch(/^[0-9a-f]{4}(:[0-9a-f]{4})?$/);
      expect(chip).not.toBe('');
      expect(couldBe.length).toBeGreaterThan(0);
      for (const guess of couldBe) expect(guessWords[guess]).toBeDefined();
    }
  });

  it.each([
    ['0403', '6015', ['ScanTool.net LLC', 'OBDLink SX'], 'known', 'obd-dongle', 115_200],
    ['1a86', '7523', ['', 'ELM327 USB'], 'known', 'obd-dongle', undefined],
    ['16d0', '117E', ['Protofusion Labs', 'CANable 1205aa6'], 'known', 'can-adapter', undefined],
    [
      '10c4',
      'EA60',
      ['Silicon Labs', 'CP2102 USB to UART Bridge Controller'],
      'possible',
      'obd-dongle',
      undefined,
    ],
    ['1546', '0502', ['u-blox AG', ''], 'known', 'gnss-receiver', undefined],
    ['239a', '8029', ['RAKwireless', 'WisCore RAK4631 Board'], 'known', 'lora-board', undefined],
    ['303a', '1001', ['Espressif', 'USB JTAG/serial debug unit'], 'possible', 'lora-board', undefined],
    ['2c7c', '0125', ['Quectel', 'EC25'], 'known', 'modem', undefined],
  ] as const)('%s:%s %j is %s: %s', (vendor, product, names, certainty, first, baud) => {
    const verdict = judgeUsb(vendor, product, names);
    expect([verdict.certainty, verdict.couldBe[0], verdict.baud]).toEqual([certainty, first, baud]);
  });

  it('believes a name where the id is unknown, and nothing where neither is known', () => {
    expect(judgeUsb('dead', 'beef', ['OBDLink'])).toMatchObject({ certainty: 'known', chip: undefined });
    expect(judgeUsb('dead', 'beef', ['Toaster'])).toMatchObject({ certainty: 'seen', couldBe: [] });
  });
});
