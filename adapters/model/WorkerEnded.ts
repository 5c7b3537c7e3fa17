/** Why there is no answer: the thread or process that owns a half of a model is gone. */
export class WorkerEnded extends Error {
  /** How it ended, e.g. `has ended (SIGKILL)`. */
  readonly reason: string;

  constructor(message: string, reason: string) {
    super(message);
    this.name = 'WorkerEnded';
    this.reason = reason;
  }
}
