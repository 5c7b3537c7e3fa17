import type { Controller } from '../Controller.ts';
import type { VirtualArm } from './VirtualArm.ts';

/** What an episode of the fuzz consists of at this moment. */
export type FuzzWorld = {
  controller: Controller;
  readonly arm: VirtualArm;
  /** Periods since the episode began. */
  period: number;
  /** Why the arm's driver would not obey, as far as it says so. */
  inhibition: string | undefined;
  driverFault: string | undefined;
  /** The controller's clock less the time that passed, ns. */
  clockOffsetNs: bigint;
  /** What the operator asked for. */
  speedScale: number;
  /** The controller is being switched off, or is: no one resumes it. */
  isInactive: boolean;
  /** No controller runs until this period; a new process begins then if `isNewProcess`. */
  awayUntil: number;
  isNewProcess: boolean;
};

/** What is to happen in a later period. */
export class Agenda {
  #items: { readonly period: number; readonly act: () => void }[] = [];

  at(period: number, act: () => void): void {
    this.#items.push({ period, act });
  }

  run(period: number): void {
    const due = this.#items.filter((item) => item.period <= period);
    if (due.length === 0) return;
    this.#items = this.#items.filter((item) => item.period > period);
    for (const { act } of due) act();
  }
}
