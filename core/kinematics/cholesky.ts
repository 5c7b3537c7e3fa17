/**
 * Factors a symmetric positive definite n×n matrix (row-major, lower triangle read) in place into
 * L Lᵀ; returns det L = √det of the matrix.
 */
export function choleskyFactor(matrix: Float64Array, n: number): number {
  let determinant = 1;
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * n + column]!;
      for (let k = 0; k < column; k++) {
        sum -= matrix[row * n + k]! * matrix[column * n + k]!;
      }
      if (row === column) {
        // rounding may push a nearly singular pivot below zero
        const pivot = Math.sqrt(Math.max(sum, Number.MIN_VALUE));
        matrix[row * n + row] = pivot;
        determinant *= pivot;
      } else {
        matrix[row * n + column] = sum / matrix[column * n + column]!;
      }
    }
  }
  return determinant;
}

/** Solves L Lᵀ x = b in place of `b`. */
export function choleskySolve(factor: Float64Array, n: number, b: Float64Array): void {
  for (let row = 0; row < n; row++) {
    let sum = b[row]!;
    for (let k = 0; k < row; k++) sum -= factor[row * n + k]! * b[k]!;
    b[row] = sum / factor[row * n + row]!;
  }
  for (let row = n - 1; row >= 0; row--) {
    let sum = b[row]!;
    for (let k = row + 1; k < n; k++) sum -= factor[k * n + row]! * b[k]!;
    b[row] = sum / factor[row * n + row]!;
  }
}
