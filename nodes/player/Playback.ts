import { nsOf, secondsOf } from '../../core/math/time.ts';
import type { Diagnostic } from '../shared/diagnostics/DiagnosticsPublisher.ts';
import type { BagPlayer } from './BagPlayer.ts';

export type PlaybackOptions = {
  /** Seconds of the bag per second; may change. */
  readonly rate: () => number;
  readonly startSec: number;
  readonly isPaused: boolean;
  readonly loop: boolean;
  /** Longest wait, at the beginning, for what is missing, seconds. */
  readonly waitSec: number;
  /** What has to be there before playing begins, and is not. */
  readonly missing: () => readonly string[];
  /** Of the pipeline, where the player waits for them. */
  readonly missingAnswers?: () => number | undefined;
  readonly log: (text: string) => void;
  readonly onEnd: () => void;
};

type Player = Pick<
  BagPlayer,
  'startNs' | 'endNs' | 'nowNs' | 'hasEnded' | 'seek' | 'playUntil' | 'repeatClock'
>;

/** After a pause of the whole process no more than this is caught up at once. */
const MAX_CATCH_UP_MS = 200;
const CLOCK_WHILE_STILL_MS = 100;

/** Plays a bag by the wall clock: paused or not, step by step, from anywhere, again and again. */
export class Playback {
  readonly #player: Player;
  readonly #options: PlaybackOptions;
  #isPaused: boolean;
  #isWaiting = true;
  #hasEnded = false;
  #busy = false;
  #firstMs: number | undefined;
  #lastMs = 0;
  #lastClockMs = -Infinity;
  /** Steps and a jump that were asked for and not yet made. */
  #stepSec = 0;
  #seekNs: bigint | undefined;
  /** How far to play: a player that goes in steps may not have got there yet. */
  #untilNs: bigint;

  constructor(player: Player, options: PlaybackOptions) {
    this.#player = player;
    this.#options = options;
    this.#isPaused = options.isPaused;
    this.#seekNs = player.startNs + nsOf(options.startSec);
    this.#untilNs = this.#seekNs;
  }

  pause(): string {
    this.#isPaused = true;
    return this.#where();
  }

  resume(): string {
    this.#isPaused = false;
    return this.#where();
  }

  step(seconds: number): string {
    this.#isPaused = true;
    this.#isWaiting = false;
    this.#stepSec += seconds;
    return `to ${(this.#seconds() + this.#stepSec).toFixed(2)} s`;
  }

  seek(seconds: number): { readonly accepted: boolean; readonly message: string } {
    const { startNs, endNs } = this.#player;
    const length = secondsOf(endNs - startNs);
    if (!(seconds >= 0 && seconds <= length)) {
      return { accepted: false, message: `expected 0 to ${length.toFixed(2)} s, found ${seconds}` };
    }
    this.#seekNs = startNs + nsOf(seconds);
    return { accepted: true, message: `at ${seconds.toFixed(2)} s` };
  }

  /** To be called often; does nothing while an earlier call is still at work. */
  async update(wallMs: number): Promise<void> {
    if (this.#busy || this.#hasEnded) return;
    this.#busy = true;
    try {
      await this.#update(wallMs);
    } finally {
      this.#busy = false;
    }
  }

  diagnostic(): Diagnostic {
    const state = this.#isWaiting ? 'waiting' : this.#isPaused ? 'paused' : 'playing';
    const missing = this.#options.missingAnswers?.();
    const values = {
      state,
      seconds: this.#seconds().toFixed(3),
      rate: this.#options.rate(),
      ...(missing !== undefined && { missing_answers: missing }),
    };
    const level = missing ? 'warn' : 'ok';
    return { part: 'bag', level, message: this.#where(), values };
  }

  async #update(wallMs: number): Promise<void> {
    this.#firstMs ??= wallMs;
    if (this.#isWaiting) this.#wait(wallMs);
    const elapsedMs = Math.min(wallMs - this.#lastMs, MAX_CATCH_UP_MS);
    this.#lastMs = wallMs;
    if (this.#seekNs !== undefined) {
      const seekNs = this.#seekNs;
      this.#seekNs = undefined;
      await this.#player.seek(seekNs);
      this.#untilNs = this.#player.nowNs;
      return;
    }
    const stepSec = this.#stepSec;
    this.#stepSec = 0;
    const isStill = this.#isWaiting || this.#isPaused;
    const forwardSec = isStill ? stepSec : (elapsedMs / 1000) * this.#options.rate();
    if (forwardSec === 0) {
      this.#repeatClock(wallMs);
      return;
    }
    this.#untilNs += nsOf(forwardSec);
    await this.#player.playUntil(this.#untilNs);
    // It may have gone over a gap.
    if (this.#player.nowNs > this.#untilNs) this.#untilNs = this.#player.nowNs;
    if (this.#player.hasEnded) this.#end();
  }

  #wait(wallMs: number): void {
    const { missing, waitSec, log } = this.#options;
    const parts = missing().join(', ');
    const waitedMs = wallMs - this.#firstMs!;
    this.#isWaiting = parts !== '' && waitedMs < waitSec * 1000;
    if (parts === '') return;
    if (!this.#isWaiting) log(`playing without ${parts}`);
    else if (waitedMs === 0) log(`waiting for ${parts}, ${waitSec} s at most`);
  }

  #end(): void {
    const { loop, log, onEnd } = this.#options;
    if (loop) {
      this.#seekNs = this.#player.startNs;
      return;
    }
    this.#hasEnded = true;
    log('the end of the bag');
    onEnd();
  }

  /** Time stands still, but who has just come must know it. */
  #repeatClock(wallMs: number): void {
    if (wallMs - this.#lastClockMs < CLOCK_WHILE_STILL_MS) return;
    this.#lastClockMs = wallMs;
    this.#player.repeatClock();
  }

  #seconds(): number {
    return Math.max(0, secondsOf(this.#player.nowNs - this.#player.startNs));
  }

  #where(): string {
    return `${this.#isPaused ? 'paused' : 'playing'} at ${this.#seconds().toFixed(2)} s`;
  }
}
