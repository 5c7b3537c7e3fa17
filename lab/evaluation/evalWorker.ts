// A child process of `st4vla eval`: runs the episodes that it is sent, one after another.
import type { LoopSettings } from '../LoopSettings.ts';
import { type EpisodeJob, type EpisodeResult, EpisodeRunner } from './EpisodeRunner.ts';

export type WorkerRequest =
  | { readonly type: 'open'; readonly settings: LoopSettings }
  | { readonly type: 'run'; readonly job: EpisodeJob }
  | { readonly type: 'close' };

export type WorkerReply =
  | { readonly type: 'ready'; readonly policyName: string }
  | { readonly type: 'done'; readonly result: EpisodeResult }
  | { readonly type: 'closed'; readonly seconds: ReadonlyMap<string, number> }
  | { readonly type: 'failed'; readonly reason: string };

let runner: EpisodeRunner | undefined;

process.on('message', (request: WorkerRequest) => {
  answer(request).catch((error: unknown) => {
    reply({ type: 'failed', reason: error instanceof Error ? (error.stack ?? '') : String(error) });
  });
});
// the terminal's Ctrl-C reaches the whole group: the parent says what to do
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit(1));

async function answer(request: WorkerRequest): Promise<void> {
  if (request.type === 'open') {
    runner = await EpisodeRunner.open(request.settings);
    reply({ type: 'ready', policyName: runner.policyName });
    return;
  }
  if (runner === undefined) throw new Error(`${request.type} before open`);
  if (request.type === 'run') {
    reply({ type: 'done', result: await runner.run(request.job) });
    return;
  }
  await runner.close();
  reply({ type: 'closed', seconds: runner.stopwatch.seconds() });
}

function reply(message: WorkerReply): void {
  process.send?.(message);
}
