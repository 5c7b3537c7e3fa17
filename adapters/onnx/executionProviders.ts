/** What ONNX Runtime may compute with. */
export const EXECUTION_PROVIDERS = ['cpu', 'cuda', 'tensorrt'] as const;

export type ExecutionProvider = (typeof EXECUTION_PROVIDERS)[number];

export type ProviderReport = {
  readonly asked: ExecutionProvider;
  readonly used: ExecutionProvider;
  /** Why another one is used than was asked for. */
  readonly reason: string | undefined;
};

/** In the order of preference: what a provider cannot compute, the next one does. */
export function sessionProviders(provider: ExecutionProvider): readonly ExecutionProvider[] {
  switch (provider) {
    case 'cpu':
      return ['cpu'];
    case 'cuda':
      return ['cuda', 'cpu'];
    case 'tensorrt':
      return ['tensorrt', 'cuda', 'cpu'];
  }
}
