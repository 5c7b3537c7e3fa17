import { type ChildProcess, fork } from 'node:child_process';

/** A worker ended before its work was done. */
export class WorkerError extends Error {}

/** A child process that runs a module of this package; messages keep typed arrays and maps. */
export class WorkerProcess<Request, Message> {
  readonly #process: ChildProcess;
  /** Resolves when the worker ends with 0; rejects with a WorkerError when it ends otherwise. */
  readonly ended: Promise<void>;

  constructor(module: URL, onMessage: (message: Message) => void) {
    this.#process = fork(module, { serialization: 'advanced' });
    this.#process.on('message', (message) => onMessage(message as Message));
    this.ended = new Promise((resolve, reject) => {
      this.#process.on('error', (error) => reject(new WorkerError(error.message)));
      this.#process.on('exit', (code, signal) => {
        if (code === 0) resolve();
        else reject(new WorkerError(`a worker ended with ${signal ?? `code ${code}`}`));
      });
    });
    // A caller that does not wait for the end is not ended by it.
    this.ended.catch(() => undefined);
  }

  /** @param onFailure is called if the message cannot be sent */
  send(request: Request, onFailure: (error: Error) => void): void {
    this.#process.send(request as object, (error) => {
      if (error) onFailure(new WorkerError(`a worker is gone: ${error.message}`));
    });
  }

  disconnect(): void {
    this.#process.disconnect();
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }
}
