import { WorkerProcess } from '../workers/WorkerProcess.ts';
import type { EpisodeJob, EpisodeResult } from './EpisodeRunner.ts';
import type { LoopSettings } from '../LoopSettings.ts';
import type { WorkerReply, WorkerRequest } from './evalWorker.ts';

const WORKER = new URL('./evalWorker.js', import.meta.url);

type ReplyOf<Type extends WorkerReply['type']> = Extract<WorkerReply, { readonly type: Type }>;

/** The parent's side of one worker process: requests and replies in turn. */
export class EvalWorkerProcess {
  readonly #process: WorkerProcess<WorkerRequest, WorkerReply>;
  #settle: ((reply: WorkerReply) => void) | undefined;
  #policyName = '';

  private constructor() {
    this.#process = new WorkerProcess(WORKER, (reply) => this.#settle?.(reply));
    this.#process.ended.catch((error: Error) => this.#fail(error));
  }

  static async start(settings: LoopSettings): Promise<EvalWorkerProcess> {
    const worker = new EvalWorkerProcess();
    try {
      worker.#policyName = (await worker.#ask({ type: 'open', settings }, 'ready')).policyName;
      return worker;
    } catch (error) {
      worker.kill();
      throw error;
    }
  }

  get policyName(): string {
    return this.#policyName;
  }

  async run(job: EpisodeJob): Promise<EpisodeResult> {
    return (await this.#ask({ type: 'run', job }, 'done')).result;
  }

  /** Ends the worker; resolves to where its time went. */
  async close(): Promise<ReadonlyMap<string, number>> {
    const { seconds } = await this.#ask({ type: 'close' }, 'closed');
    this.#process.disconnect();
    return seconds;
  }

  kill(): void {
    this.#process.kill();
  }

  #ask<Type extends WorkerReply['type']>(
    request: WorkerRequest,
    expected: Type,
  ): Promise<ReplyOf<Type>> {
    return new Promise((resolve, reject) => {
      this.#settle = (reply) => {
        this.#settle = undefined;
        if (reply.type === expected) resolve(reply as ReplyOf<Type>);
        else reject(new Error(reply.type === 'failed' ? reply.reason : `got ${reply.type}`));
      };
      this.#process.send(request, (error) => this.#fail(error));
    });
  }

  #fail({ message }: Error): void {
    this.#settle?.({ type: 'failed', reason: message });
  }
}
