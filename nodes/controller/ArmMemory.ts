import type { PrivateFolder } from '../../adapters/files/PrivateFolder.ts';
import { STATE_VARIABLE, type StateFolder } from '../../adapters/files/stateFolder.ts';
import {
  type ArmRecord,
  formatArmRecord,
  heldSince,
  parseArmRecord,
} from '../../core/control/ArmRecord.ts';
import type { Diagnostic } from '../shared/diagnostics/DiagnosticsPublisher.ts';

/** Between two attempts to write what could not be written. */
const RETRY_MS = 1000;
/** A caller waits no longer than this for the disk. */
const ANSWER_LIMIT_MS = 1000;

export type ArmMemoryOptions = {
  readonly place: StateFolder;
  /** Of the arm: see `nodeKey`. */
  readonly key: string;
  readonly log: (text: string) => void;
  readonly now?: () => Date;
};

/**
 * Remembers what makes an arm slower or stiller: a stop and a fault until `resume`, a reduced speed until
 * the next change. It outlives every process and the launch: the next process that commands the same arm
 * begins with it. A record that cannot be read counts as a stop; one that cannot be written is reported,
 * and tried again.
 */
export class ArmMemory {
  readonly #options: ArmMemoryOptions;
  readonly #folder: PrivateFolder | undefined;
  readonly #file: string;
  #record: ArmRecord;
  /** Why a process that starts now would not know. */
  #fault: string | undefined;
  #saving: Promise<void> = Promise.resolve();
  #retry: NodeJS.Timeout | undefined;

  constructor(options: ArmMemoryOptions) {
    const { place, key, log } = options;
    this.#options = options;
    this.#file = `arm-${key}.json`;
    this.#folder = place.kind === 'found' ? place.folder : undefined;
    if (place.kind === 'found') for (const notice of place.notices) log(`left out: ${notice}`);
    else this.#fault = `there is no place for it (${place.reasons.join('; ')})`;
    this.#record = this.#read();
    const { stop, fault } = this.#record;
    for (const [what, held] of [
      ['stopped', stop],
      ['in fault', fault],
    ] as const) {
      if (held) log(`begins ${what}, since ${held.since}, until ~/resume: ${held.reason}`);
    }
  }

  get stopReason(): string | undefined {
    return this.#record.stop?.reason;
  }

  get faultReason(): string | undefined {
    return this.#record.fault?.reason;
  }

  /** What the arm is held by until `resume`, the gravest first, if anything. */
  get held(): { readonly status: 'FAULT' | 'STOPPED'; readonly reason: string } | undefined {
    const { faultReason, stopReason } = this;
    if (faultReason !== undefined) return { status: 'FAULT', reason: faultReason };
    return stopReason === undefined ? undefined : { status: 'STOPPED', reason: stopReason };
  }

  get speedScale(): number | undefined {
    return this.#record.speedScale;
  }

  /** The first reason counts. */
  stop(reason: string): void {
    if (this.#record.stop !== undefined) return;
    this.#set({ ...this.#record, stop: heldSince(reason, this.#now()) });
  }

  /** To be called often; only the first one since the last `resume` is news. */
  fault(reason: string): void {
    if (this.#record.fault !== undefined) return;
    this.#set({ ...this.#record, fault: heldSince(reason, this.#now()) });
  }

  resume(): void {
    const { stop, fault, speedScale } = this.#record;
    if (stop !== undefined || fault !== undefined) this.#set({ speedScale });
  }

  /** @param speedScale undefined: as the parameters say at the start */
  slowDown(speedScale: number | undefined): void {
    if (speedScale !== this.#record.speedScale) this.#set({ ...this.#record, speedScale });
  }

  /** Waits for the disk, not for long; why the next process would not know, if so. */
  async saved(): Promise<string | undefined> {
    const limit = new Promise<string>((resolve) => {
      const text = `the disk has not answered within ${ANSWER_LIMIT_MS} ms`;
      setTimeout(() => resolve(text), ANSWER_LIMIT_MS).unref();
    });
    const slow = await Promise.race([this.#saving, limit]);
    return slow ?? this.#fault;
  }

  diagnostic(): Diagnostic {
    const { stop, fault, speedScale } = this.#record;
    return {
      part: 'memory',
      level: this.#fault === undefined ? 'ok' : 'error',
      message: this.#fault === undefined ? this.#slowness() : this.#words(this.#fault),
      values: {
        folder: this.#folder?.path ?? '',
        stopped_since: stop?.since ?? '',
        fault_since: fault?.since ?? '',
        speed_scale: speedScale ?? '',
      },
    };
  }

  async close(): Promise<void> {
    clearTimeout(this.#retry);
    await this.#saving;
  }

  #read(): ArmRecord {
    const unknown = (reason: string): ArmRecord => {
      const words = `it is not known whether the arm was stopped before: ${reason}`;
      return { stop: heldSince(words, this.#now()) };
    };
    if (this.#folder === undefined) return unknown(this.#fault!);
    const found = this.#folder.read(this.#file);
    if (found.kind === 'nothing') return {};
    if (found.kind === 'refused') return unknown(found.reason);
    const parsed = parseArmRecord(found.text);
    if (parsed.ok) return parsed.record;
    return unknown(`${this.#folder.path}/${this.#file}: ${parsed.reason}`);
  }

  #set(record: ArmRecord): void {
    this.#record = record;
    this.#save();
  }

  #save(): void {
    if (this.#folder === undefined) return;
    clearTimeout(this.#retry);
    const text = formatArmRecord(this.#record);
    const written =
      text === undefined ? this.#folder.remove(this.#file) : this.#folder.write(this.#file, text);
    this.#saving = written.then(
      () => {
        this.#fault = undefined;
      },
      (error: unknown) => {
        const fault = error instanceof Error ? error.message : String(error);
        if (fault !== this.#fault) this.#options.log(this.#words(fault));
        this.#fault = fault;
        this.#retry = setTimeout(() => this.#save(), RETRY_MS);
        this.#retry.unref();
      },
    );
  }

  #slowness(): string {
    const { speedScale } = this.#record;
    if (speedScale === undefined) return '';
    return `speed_scale was reduced to ${speedScale}, and stays so until it is set again`;
  }

  #words(fault: string): string {
    return (
      `a process that starts now would not know of the stop, the fault or the reduced speed: ${fault}. ` +
      `Make room, or set ${STATE_VARIABLE} to a folder that only this user can write to`
    );
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }
}
