/** Row-major numbers with their shape. */
export type FloatTensor = {
  readonly dtype: 'float32';
  readonly shape: readonly number[];
  readonly data: Float32Array;
};

export type IntTensor = {
  readonly dtype: 'int64';
  readonly shape: readonly number[];
  readonly data: BigInt64Array;
};

export type Tensor = FloatTensor | IntTensor;

export function floatTensor(data: Float32Array, shape: readonly number[]): FloatTensor {
  return { dtype: 'float32', shape, data };
}

export function intTensor(data: BigInt64Array, shape: readonly number[]): IntTensor {
  return { dtype: 'int64', shape, data };
}
