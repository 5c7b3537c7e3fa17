/** Which source samples make up each target sample: `count` from `first`, weights adding up to 1. */
export type Taps = {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** `stride` weights per target sample. */
  readonly weights: Float64Array;
  readonly stride: number;
};

/** Each target sample is the mean of the stretch of source samples that it covers. */
export function areaTaps(source: number, target: number): Taps {
  const scale = source / target;
  const stride = Math.ceil(scale) + 2;
  const taps = emptyTaps(target, stride);
  for (let i = 0; i < target; i++) {
    const start = i * scale;
    const end = Math.min(source, start + scale);
    const width = end - start;
    const first = Math.floor(start + 1e-9);
    let n = 0;
    for (let k = first; k < end - 1e-3 && k < source; k++) {
      const overlap = Math.min(k + 1, end) - Math.max(k, start);
      if (overlap < 1e-3) continue; // OpenCV leaves out slivers
      if (n === 0) taps.first[i] = k;
      taps.weights[i * stride + n++] = overlap / width;
    }
    taps.count[i] = n;
  }
  return taps;
}

/** Enlarging: OpenCV falls back to interpolation between the two samples a target sample touches. */
export function enlargingTaps(source: number, target: number): Taps {
  const scale = source / target;
  const taps = emptyTaps(target, 2);
  for (let i = 0; i < target; i++) {
    const first = Math.min(Math.floor(i * scale), source - 1);
    const overhang = i + 1 - (first + 1) / scale;
    const fraction = overhang <= 0 ? 0 : overhang - Math.floor(overhang);
    const inside = first + 1 < source;
    taps.first[i] = first;
    taps.count[i] = inside ? 2 : 1;
    taps.weights[i * 2] = inside ? 1 - fraction : 1;
    taps.weights[i * 2 + 1] = inside ? fraction : 0;
  }
  return taps;
}

function emptyTaps(target: number, stride: number): Taps {
  return {
    first: new Int32Array(target),
    count: new Int32Array(target),
    weights: new Float64Array(target * stride),
    stride,
  };
}
