// Row-major 3×3 matrices in caller-owned arrays: the arithmetic of the kinematic hot path.

/** out ← identity. */
export function setIdentity(out: Float64Array): void {
  out.fill(0);
  out[0] = out[4] = out[8] = 1;
}

/** out ← a · b; `out` must be neither. */
export function multiplyInto(a: Float64Array, b: Float64Array, out: Float64Array): void {
  for (let row = 0; row < 9; row += 3) {
    const a0 = a[row]!;
    const a1 = a[row + 1]!;
    const a2 = a[row + 2]!;
    for (let column = 0; column < 3; column++) {
      out[row + column] = a0 * b[column]! + a1 * b[column + 3]! + a2 * b[column + 6]!;
    }
  }
}

/** out[offset…] ← matrix · vector, plus what `out` held where `add` is set. */
export function rotateInto(
  matrix: Float64Array,
  vector: Float64Array,
  out: Float64Array,
  offset: number,
  add: boolean,
): void {
  for (let row = 0; row < 3; row++) {
    const rotated =
      matrix[3 * row]! * vector[0]! +
      matrix[3 * row + 1]! * vector[1]! +
      matrix[3 * row + 2]! * vector[2]!;
    out[offset + row] = add ? out[offset + row]! + rotated : rotated;
  }
}

/** out ← rotation by `angle` about the unit `axis` (Rodrigues). */
export function setAxisAngle(axis: Float64Array, angle: number, out: Float64Array): void {
  const x = axis[0]!;
  const y = axis[1]!;
  const z = axis[2]!;
  const s = Math.sin(angle);
  const c = Math.cos(angle);
  const k = 1 - c;
  out[0] = c + x * x * k;
  out[1] = x * y * k - z * s;
  out[2] = x * z * k + y * s;
  out[3] = x * y * k + z * s;
  out[4] = c + y * y * k;
  out[5] = y * z * k - x * s;
  out[6] = x * z * k - y * s;
  out[7] = y * z * k + x * s;
  out[8] = c + z * z * k;
}

/** out ← the shortest rotation vector that turns `from` into `to`: log(to · fromᵀ), in base axes. */
export function rotationErrorInto(
  to: Float64Array,
  from: Float64Array,
  out: Float64Array,
  offset: number,
): void {
  const r = (i: number, j: number): number =>
    to[3 * i]! * from[3 * j]! +
    to[3 * i + 1]! * from[3 * j + 1]! +
    to[3 * i + 2]! * from[3 * j + 2]!;
  const x = (r(2, 1) - r(1, 2)) / 2;
  const y = (r(0, 2) - r(2, 0)) / 2;
  const z = (r(1, 0) - r(0, 1)) / 2;
  const cosine = (r(0, 0) + r(1, 1) + r(2, 2) - 1) / 2;
  const sine = Math.sqrt(x * x + y * y + z * z);
  // Half a turn leaves no antisymmetric part to read the axis from; the column of R + 1 with the
  // largest diagonal entry is along it.
  if (sine < 1e-6 && cosine < 0) {
    const d0 = r(0, 0);
    const d1 = r(1, 1);
    const d2 = r(2, 2);
    const k = d0 >= d1 && d0 >= d2 ? 0 : d1 >= d2 ? 1 : 2;
    const a = [r(0, k), r(1, k), r(2, k)] as [number, number, number];
    a[k] += 1;
    const scale = Math.PI / Math.hypot(...a);
    out[offset] = a[0] * scale;
    out[offset + 1] = a[1] * scale;
    out[offset + 2] = a[2] * scale;
    return;
  }
  const scale = sine < 1e-12 ? 1 : Math.atan2(sine, cosine) / sine;
  out[offset] = x * scale;
  out[offset + 1] = y * scale;
  out[offset + 2] = z * scale;
}
