import type { ExecutionProvider } from '../onnx/executionProviders.ts';
import { LocalNetwork } from './LocalNetwork.ts';
import type { ModelPackage } from './ModelPackage.ts';
import { GRAPHS_OF, type NetworkName, type OpenNetwork } from './NetworkSetup.ts';
import { NetworkThread } from './NetworkThread.ts';
import { RestartingProcess } from './RestartingProcess.ts';

/**
 * Where a half runs: in the calling thread, which every run blocks; in a thread of its own, which
 * cannot be ended during a run; or in a process of its own, which can.
 */
export const ISOLATIONS = ['none', 'thread', 'process'] as const;

export type Isolation = (typeof ISOLATIONS)[number];

export type NetworkOptions = {
  readonly isolation: Isolation;
  readonly threads: number;
  readonly executionProvider: ExecutionProvider;
  /** Told when a process has died. */
  readonly report: (message: string) => void;
  /** Ends a process at any time, also while it is loading. */
  readonly signal?: AbortSignal;
};

export function openNetwork<Name extends NetworkName>(
  name: Name,
  modelPackage: ModelPackage,
  { isolation, threads, executionProvider, report, signal }: NetworkOptions,
): Promise<OpenNetwork<Name>> {
  const setup = {
    name,
    spec: modelPackage.manifest,
    paths: modelPackage.pathsOf(GRAPHS_OF[name]),
    threads,
    executionProvider,
  };
  switch (isolation) {
    case 'none':
      return LocalNetwork.open(setup);
    case 'thread':
      return NetworkThread.start(setup);
    case 'process':
      return RestartingProcess.start(setup, report, signal);
  }
}
