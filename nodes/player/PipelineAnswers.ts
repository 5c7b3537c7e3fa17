export type PipelineAnswersOptions = {
  /** Longest wait for a run of the model, seconds. */
  readonly modelSec: number;
  readonly log: (text: string) => void;
};

type Waiter = { readonly isMet: () => boolean; readonly resolve: (isMet: boolean) => void };

/** Perception and controller compute for milliseconds; what takes longer than this will not come. */
const PROMPT_SEC = 2;
/**
 * While time stands still the controller reports ten times a second: by then a node that has just come
 * knows the time, and the policy the controller's epoch.
 */
const REPORTS_TO_KNOW = 5;
/** Of how many missing answers the log speaks. */
const MAX_LOGGED = 5;

/** How far perception, policy and controller are, by what they publish. */
export class PipelineAnswers {
  readonly #options: PipelineAnswersOptions;
  #observedNs: bigint | undefined;
  #settledNs: bigint | undefined;
  #steppedNs: bigint | undefined;
  /** Reports about that time. */
  #reports = 0;
  #waiters: Waiter[] = [];
  #missing = 0;

  constructor(options: PipelineAnswersOptions) {
    this.#options = options;
  }

  /** Answers that have not come in time. */
  get missing(): number {
    return this.#missing;
  }

  /** Counts the controller's reports from 0 again: another node has not come yet. */
  forgetReports(): void {
    this.#reports = 0;
  }

  /** Whether the controller has reported about this time, and often enough for all to know. */
  isKnown(timeNs: bigint): boolean {
    return this.#steppedNs === timeNs && this.#reports >= REPORTS_TO_KNOW;
  }

  /** There is an observation of this frame. */
  observed(stampNs: bigint): void {
    this.#observedNs = stampNs;
    this.#wake();
  }

  /** The policy has done all that it does with the observation of this frame. */
  settled(stampNs: bigint): void {
    this.#settledNs = stampNs;
    this.#wake();
  }

  /** The controller has done the period of this time, and the policy knows. */
  stepped(timeNs: bigint): void {
    this.#reports = this.#steppedNs === timeNs ? this.#reports + 1 : 1;
    this.#steppedNs = timeNs;
    this.#wake();
  }

  /** Resolves when the pipeline has answered the frame; one that no observation is made of is left. */
  async toFrame(stampNs: bigint): Promise<void> {
    const isSeen = await this.#until(() => this.#observedNs === stampNs, PROMPT_SEC);
    if (!isSeen) return this.#miss('no observation of a frame');
    const { modelSec } = this.#options;
    const isDone = await this.#until(() => this.#settledNs === stampNs, modelSec);
    if (!isDone) this.#miss(`no answer of the policy within ${modelSec} s`);
  }

  async toPeriod(timeNs: bigint): Promise<void> {
    const isDone = await this.#until(() => this.#steppedNs === timeNs, PROMPT_SEC);
    if (!isDone) this.#miss('no report of the controller about a period');
  }

  async #until(isMet: () => boolean, seconds: number): Promise<boolean> {
    if (isMet()) return true;
    let timer: NodeJS.Timeout | undefined;
    const isDone = await new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), seconds * 1000);
      this.#waiters.push({ isMet, resolve });
    });
    clearTimeout(timer);
    this.#waiters = this.#waiters.filter((one) => one.isMet !== isMet);
    return isDone;
  }

  #wake(): void {
    for (const waiter of this.#waiters.filter(({ isMet }) => isMet())) waiter.resolve(true);
  }

  #miss(what: string): void {
    this.#missing += 1;
    const isLast = this.#missing === MAX_LOGGED;
    if (this.#missing > MAX_LOGGED) return;
    this.#options.log(`${what}: continuing${isLast ? '; more of these are only counted' : ''}`);
  }
}
