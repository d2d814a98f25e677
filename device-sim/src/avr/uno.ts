import {
  AVRADC,
  AVRIOPort,
  AVRTimer,
  AVRTWI,
  AVRUSART,
  adcConfig,
  avrInstruction,
  CPU,
  PinState,
  portBConfig,
  portCConfig,
  portDConfig,
  timer0Config,
  timer1Config,
  timer2Config,
  twiConfig,
  usart0Config,
} from 'avr8js';
import { type I2cChip, i2cBus } from './i2c-bus.ts';
import { type Pulse, watchPulses } from './pulses.ts';

const CLOCK_HZ = 16_000_000;
const CYCLES_PER_MS = CLOCK_HZ / 1_000;
const CYCLES_PER_US = CLOCK_HZ / 1_000_000;
export const FLASH_BYTES: number = 32 * 1_024;

/** A byte takes 2,778 cycles at 57,600 baud; looking more often than this finds nothing. */
const LOOK_EVERY_CYCLES = 256;
/** What waits on the line for the board. What comes then is lost. */
const INBOX_MAX_BYTES = 4_096;

/** Cycles for which nothing is done after each instruction while it starts. */
const START_IDLE_CYCLES = 10;
const START_MAX_MS = 5_000;
const START_STEP_MS = 5;

export type PinLevel = 'low' | 'high' | 'input' | 'pullup';

const LEVELS: ReadonlyMap<PinState, PinLevel> = new Map([
  [PinState.Low, 'low'],
  [PinState.High, 'high'],
  [PinState.Input, 'input'],
  [PinState.InputPullUp, 'pullup'],
]);

/** An Arduino Uno: an ATmega328P at 16 MHz that runs a program, with what is wired to it. */
export interface Uno {
  /** Lets its time pass. */
  run(ms: number): void;
  /**
   * Lets its time pass until it speaks, with a processor so slow that this takes an eighth of the work: StandardFirmata
   * blinks its version for two seconds first, and waits between by looking at a timer. False where it stays silent.
   */
  start(): boolean;
  readonly nowMs: number;
  /** Bytes on its line. */
  receive(bytes: Uint8Array): void;
  /** What it has sent since it was asked last. */
  sent(): Uint8Array;
  /** What is at `A0` and so on, in volts. */
  setVolts(channel: number, volts: number): void;
  /** What is at a pin from outside. */
  setLevel(pin: number, isHigh: boolean): void;
  level(pin: number): PinLevel;
  /** How long a pin is high and how often, where it pulses. */
  pulse(pin: number): Pulse | undefined;
  /** The button beside the socket. */
  pressReset(): void;
}

const PINS = 20;

const placeOf = (pin: number): readonly ['b' | 'c' | 'd', number] =>
  pin < 8 ? ['d', pin] : pin < 14 ? ['b', pin - 8] : ['c', pin - 14];

const chipOf = (program: Uint8Array) => {
  const cpu = new CPU(new Uint16Array(program.buffer, program.byteOffset, program.length / 2));
  for (const config of [timer0Config, timer1Config, timer2Config]) new AVRTimer(cpu, config);
  const ports = {
    b: new AVRIOPort(cpu, portBConfig),
    c: new AVRIOPort(cpu, portCConfig),
    d: new AVRIOPort(cpu, portDConfig),
  };
  const usart = new AVRUSART(cpu, usart0Config, CLOCK_HZ);
  const adc = new AVRADC(cpu, adcConfig);
  const twi = new AVRTWI(cpu, twiConfig, CLOCK_HZ);
  return { cpu, ports, usart, adc, twi };
};

/** `program`: an image of the whole flash. Everything in it runs in simulated time. */
export const createUno = (program: Uint8Array, chips: readonly I2cChip[] = []): Uno => {
  const { cpu, ports, usart, adc, twi } = chipOf(program);
  const nowMs = (): number => cpu.cycles / CYCLES_PER_MS;
  const nowUs = (): number => cpu.cycles / CYCLES_PER_US;
  twi.eventHandler = i2cBus(twi, chips, nowMs);
  const inbox: number[] = [];
  let outbox: number[] = [];
  usart.onByteTransmit = (byte) => outbox.push(byte);

  const watches = Array.from({ length: PINS }, watchPulses);
  for (const [pin, watch] of watches.entries()) {
    const [port, bit] = placeOf(pin);
    ports[port].addListener((value, before) => {
      const isHigh = ((value >> bit) & 1) === 1;
      if (isHigh !== (((before >> bit) & 1) === 1)) watch.level(isHigh, nowUs());
    });
  }

  const feed = (): void => {
    if (!usart.rxEnable) {
      inbox.length = 0;
      return;
    }
    const [byte] = inbox;
    if (byte !== undefined && usart.writeByte(byte) === true) inbox.shift();
  };

  const run = (ms: number, idleCycles: number): void => {
    const end = cpu.cycles + ms * CYCLES_PER_MS;
    while (cpu.cycles < end) {
      feed();
      const look = Math.min(end, cpu.cycles + LOOK_EVERY_CYCLES);
      while (cpu.cycles < look) {
        avrInstruction(cpu);
        cpu.cycles += idleCycles;
        cpu.tick();
      }
    }
  };

  return {
    run: (ms) => run(ms, 0),
    start: () => {
      const end = nowMs() + START_MAX_MS;
      while (outbox.length === 0 && nowMs() < end) run(START_STEP_MS, START_IDLE_CYCLES);
      return outbox.length > 0;
    },
    get nowMs() {
      return nowMs();
    },
    receive: (bytes) => {
      for (const byte of bytes) if (inbox.length < INBOX_MAX_BYTES) inbox.push(byte);
    },
    sent: () => {
      const bytes = Uint8Array.from(outbox);
      outbox = [];
      return bytes;
    },
    setVolts: (channel, volts) => {
      adc.channelValues[channel] = volts;
    },
    setLevel: (pin, isHigh) => {
      const [port, bit] = placeOf(pin);
      ports[port].setPin(bit, isHigh);
    },
    level: (pin) => {
      const [port, bit] = placeOf(pin);
      return LEVELS.get(ports[port].pinState(bit)) ?? 'input';
    },
    pulse: (pin) => watches[pin]?.last(nowUs()),
    pressReset: () => {
      inbox.length = 0;
      cpu.reset();
      usart.reset();
    },
  };
};
