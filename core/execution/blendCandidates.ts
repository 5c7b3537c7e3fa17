/** What one chunk says about a tick. */
export type Candidate = Float32Array;

/** Where the gripper's opening stands in a canonical action. */
const GRIPPER = 6;

/** As in the reference; keeps the cosine of an all-zero action finite. */
const EPSILON = 1e-7;

/**
 * Adaptive action ensemble (CogACT, also in InternVLA-M1): the mean of the candidates with weights
 * softmax(alpha · cos(candidate, newest)), so that candidates of another intention than the newest
 * one's count less. Where all candidates either open or close the gripper, the weights vote:
 * a half-closed gripper is what none of them wants.
 *
 * @param candidates of equal length, oldest first, at least one
 */
export function blendCandidates(candidates: readonly Candidate[], alpha: number): Float32Array {
  const newest = candidates[candidates.length - 1] as Candidate;
  const blend = new Float64Array(newest.length);
  let weightSum = 0;
  for (const candidate of candidates) {
    const weight = Math.exp(alpha * cosine(candidate, newest));
    weightSum += weight;
    for (let i = 0; i < blend.length; i++) {
      blend[i] = blend[i]! + weight * candidate[i]!;
    }
  }
  const mean = Float32Array.from(blend, (sum) => sum / weightSum);
  if (candidates.every((candidate) => candidate[GRIPPER] === 0 || candidate[GRIPPER] === 1)) {
    mean[GRIPPER] = mean[GRIPPER]! > 0.5 ? 1 : 0;
  }
  return mean;
}

function cosine(a: Candidate, b: Candidate): number {
  let dot = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i]!;
    const y = b[i]!;
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }
  return dot / (Math.sqrt(aa) * Math.sqrt(bb) + EPSILON);
}
