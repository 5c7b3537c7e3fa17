import type { HalfInfo, HalfName, Halves } from './NetworkSetup.ts';

/** To a half of a model in another thread or process. */
export type HalfRequest =
  | { readonly type: 'run'; readonly id: number; readonly input: Halves[HalfName]['input'] }
  | { readonly type: 'close' };

/** From it. */
export type HalfReply =
  | { readonly type: 'ready'; readonly info: HalfInfo }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'done'; readonly id: number; readonly output: Halves[HalfName]['output'] }
  | { readonly type: 'error'; readonly id: number; readonly reason: string };
