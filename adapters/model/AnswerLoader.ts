import { FaultError } from '../../core/config/Fault.ts';
import type { AnswerNetwork } from '../../core/policy/AnswerNetwork.ts';
import type { PromptEncoder } from '../../core/policy/PromptEncoder.ts';
import type { FloatTensor } from '../../core/policy/Tensor.ts';
import { checkSignatures } from './checkSignatures.ts';
import { runGoldenAnswers } from './goldenRun.ts';
import type { ModelPackage } from './ModelPackage.ts';
import type { OpenNetwork } from './NetworkSetup.ts';
import { type NetworkOptions, openNetwork } from './openNetwork.ts';

/**
 * The graphs that answer in words. They are as large as the language model, and who never asks
 * needs none of them: they are loaded and checked when the first question comes.
 */
export class AnswerLoader {
  readonly #modelPackage: ModelPackage;
  readonly #options: NetworkOptions;
  readonly #prompts: PromptEncoder;
  /** Of the golden picture; absent where the golden run is left out. */
  readonly #goldenFeatures: FloatTensor | undefined;
  #network: Promise<OpenNetwork<'answers'>> | undefined;
  readonly #ending = new AbortController();

  constructor(
    modelPackage: ModelPackage,
    options: NetworkOptions,
    golden: { readonly prompts: PromptEncoder; readonly imageFeatures: FloatTensor | undefined },
  ) {
    this.#modelPackage = modelPackage;
    this.#options = { ...options, signal: this.#ending.signal };
    this.#prompts = golden.prompts;
    this.#goldenFeatures = golden.imageFeatures;
  }

  /** Loads at the first call; one that failed is tried again at the next. */
  open(): Promise<AnswerNetwork> {
    if (this.#ending.signal.aborted) return Promise.reject(new Error('the model is closed'));
    this.#network ??= this.#load();
    this.#network.catch(() => (this.#network = undefined));
    return this.#network;
  }

  async close(): Promise<void> {
    this.#ending.abort();
    const network = await this.#network?.catch(() => undefined);
    await network?.close();
  }

  async #load(): Promise<OpenNetwork<'answers'>> {
    const network = await openNetwork('answers', this.#modelPackage, this.#options);
    try {
      await this.#check(network);
    } catch (error) {
      await network.close();
      throw error;
    }
    return network;
  }

  async #check(network: OpenNetwork<'answers'>): Promise<void> {
    const subject = `model package ${this.#modelPackage.folder}`;
    const faults = checkSignatures(this.#modelPackage.manifest, network.info.signatures);
    if (faults.length > 0) throw new FaultError(subject, faults);
    if (!this.#goldenFeatures) return;
    const golden = { prompts: this.#prompts, imageFeatures: this.#goldenFeatures };
    const differences = await runGoldenAnswers(this.#modelPackage, network, golden);
    if (differences.length > 0) throw new FaultError(subject, differences);
  }
}
