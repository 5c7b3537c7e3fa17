import { WorkerProcess } from './WorkerProcess.ts';

/** Which of the shards a process makes: every `of`-th one from `index` on. */
export type Share = { readonly index: number; readonly of: number };

/**
 * Runs a module once for each share of the work, in processes of their own; the module calls
 * `serveShare`. If one of them fails, the others are ended.
 * @throws WorkerError if a process ends before its work is done
 */
export async function shareWork<Work, Report>(
  module: URL,
  work: Work,
  processes: number,
  onReport: (report: Report) => void,
): Promise<void> {
  const workers = Array.from({ length: processes }, (_, index) => {
    const worker = new WorkerProcess<Work & Share, Report>(module, onReport);
    // If a share cannot be sent, the worker has ended, which `ended` reports.
    worker.send({ ...work, index, of: processes }, () => undefined);
    return worker;
  });
  try {
    await Promise.all(workers.map(({ ended }) => ended));
  } finally {
    for (const worker of workers) worker.kill();
  }
}

/** In a process that `shareWork` starts: does the share that it is sent, and ends. */
export function serveShare<Work, Report>(
  run: (work: Work & Share, report: (report: Report) => void) => Promise<void>,
): void {
  const exitAlone = () => process.exit(1);
  process.once('disconnect', exitAlone);
  process.once('message', (work: Work & Share) => {
    run(work, (report) => process.send?.(report)).then(
      () => {
        process.off('disconnect', exitAlone);
        process.disconnect();
      },
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
        process.exit(1);
      },
    );
  });
}
