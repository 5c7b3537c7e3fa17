import { type ChildProcess, fork } from 'node:child_process';
import type { EpisodeJob, EpisodeResult } from './EpisodeRunner.ts';
import type { LoopSettings } from '../LoopSettings.ts';
import type { WorkerReply, WorkerRequest } from './evalWorker.ts';

type ReplyOf<Type extends WorkerReply['type']> = Extract<WorkerReply, { readonly type: Type }>;

/** The parent's side of one worker process: a question, an answer, in turn. */
export class EvalWorkerProcess {
  readonly #process: ChildProcess;
  #settle: ((reply: WorkerReply) => void) | undefined;
  #policyName = '';

  private constructor(child: ChildProcess) {
    this.#process = child;
    child.on('message', (reply: WorkerReply) => this.#settle?.(reply));
    child.on('exit', (code, signal) => {
      this.#settle?.({ type: 'failed', reason: `a worker ended with ${signal ?? `code ${code}`}` });
    });
  }

  static async start(settings: LoopSettings): Promise<EvalWorkerProcess> {
    const child = fork(new URL('./evalWorker.js', import.meta.url), { serialization: 'advanced' });
    const worker = new EvalWorkerProcess(child);
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

  /** Ends the worker; tells where its time went. */
  async close(): Promise<ReadonlyMap<string, number>> {
    const { seconds } = await this.#ask({ type: 'close' }, 'closed');
    this.#process.removeAllListeners('exit');
    this.#process.disconnect();
    return seconds;
  }

  kill(): void {
    this.#process.kill('SIGKILL');
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
      this.#process.send(request, (error) => {
        if (error) this.#settle?.({ type: 'failed', reason: `a worker is gone: ${error.message}` });
      });
    });
  }
}
