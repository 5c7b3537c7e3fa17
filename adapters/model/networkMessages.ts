import type { NetworkInfo, NetworkName, Networks } from './NetworkSetup.ts';

/** To a half of a model in another thread or process. */
export type NetworkRequest =
  | { readonly type: 'run'; readonly id: number; readonly input: Networks[NetworkName]['input'] }
  | { readonly type: 'close' };

/** From it. */
export type NetworkReply =
  | { readonly type: 'ready'; readonly info: NetworkInfo }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'done'; readonly id: number; readonly output: Networks[NetworkName]['output'] }
  | { readonly type: 'error'; readonly id: number; readonly reason: string };
