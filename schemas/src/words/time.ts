/** Nanoseconds since 1970 on the wall clock. It can jump; use it to say when, never how long. */
export type WallNs = bigint & { readonly unit: 'wall-ns' };

/** Nanoseconds since an arbitrary start. Never goes back; use it to say how long, never when. */
export type MonoNs = bigint & { readonly unit: 'mono-ns' };

/** The only way to learn the time. Production has one implementation, tests drive another by hand. */
export interface Clock {
  wall(): WallNs;
  mono(): MonoNs;
  /** Resolves after `ms` milliseconds, or rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** How far the wall clock can be believed, weakest first. */
export type TimeTrust = 'none' | 'rtc' | 'ntp' | 'gnss';

/** One moment read on both clocks, which turns every MonoNs of the same epoch into a WallNs. */
export interface ClockAnchor {
  readonly wall: WallNs;
  readonly mono: MonoNs;
  readonly trust: TimeTrust;
}

export const NS_PER_MS = 1_000_000n;
export const NS_PER_S = 1_000_000_000n;

export const wallNs = (value: bigint): WallNs => value as WallNs;
export const monoNs = (value: bigint): MonoNs => value as MonoNs;

/** Milliseconds from `from` to `to`, fractional. */
export const elapsedMs = (from: MonoNs, to: MonoNs): number => Number(to - from) / 1e6;

export const monoAfterMs = (from: MonoNs, ms: number): MonoNs =>
  (from + BigInt(Math.round(ms * 1e6))) as MonoNs;

/** The wall-clock moment of a monotonic one, by the anchor in force. */
export const wallAt = (anchor: ClockAnchor, mono: MonoNs): WallNs =>
  (anchor.wall + (mono - anchor.mono)) as WallNs;
