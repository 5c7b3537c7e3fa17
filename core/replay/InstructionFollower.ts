import { instructionFault, isSameInstruction } from '../text/instruction.ts';

/** Sentences that are remembered until they are planned for. */
const MAX_UNPLANNED = 64;

/**
 * What is to be done, from instructions and plans in their order. A goal of `execute_task` is on no
 * topic, but its plans name what it says: a plan of a new epoch with a sentence that no one said is
 * the first sign of a goal.
 */
export class InstructionFollower {
  #current: string | undefined;
  #plannedEpoch: number | undefined;
  /** Sentences that were said since the last plan of a new epoch. */
  #unplanned: string[] = [];

  /** Undefined before the first. */
  get current(): string | undefined {
    return this.#current;
  }

  /**
   * Whether this is a new instruction. The one that is followed already is none, as it is for the
   * policy, nor is a text that can be no instruction.
   */
  said(instruction: string): boolean {
    const current = this.#current;
    if (current !== undefined && isSameInstruction(instruction, current)) return false;
    if (instructionFault(instruction) !== undefined) return false;
    this.#current = instruction;
    this.#unplanned.push(instruction);
    if (this.#unplanned.length > MAX_UNPLANNED) this.#unplanned.shift();
    return true;
  }

  /** Whether this is the first plan of a goal. */
  planned(epoch: number, instruction: string): boolean {
    // A plan that was under way when the next instruction came is of an epoch that is over.
    if (epoch === this.#plannedEpoch) return false;
    this.#plannedEpoch = epoch;
    const at = this.#unplanned.indexOf(instruction);
    if (at >= 0) {
      this.#unplanned = this.#unplanned.slice(at + 1);
      return false;
    }
    if (instruction === this.#current) return false;
    this.#current = instruction;
    this.#unplanned = [];
    return true;
  }

  /** The next goal or instruction counts as a new one, of the same sentence too. */
  forget(): void {
    this.#current = undefined;
    this.#unplanned = [];
  }
}
