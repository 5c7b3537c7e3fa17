import type { Fault } from '../config/Fault.ts';
import type { Vec3 } from '../math/types.ts';
import type { Embodiment } from './Embodiment.ts';

/** Narrower limits for one arm; 0, or an empty list, leaves the embodiment's. */
export type LimitWishes = {
  /** Corners of the workspace box in base axes, m; three numbers, or none. */
  readonly workspaceMin: readonly number[];
  readonly workspaceMax: readonly number[];
  /** Longest step and turn of the target in a tick. */
  readonly maxStepM: number;
  readonly maxStepRad: number;
  /** Shares of the embodiment's joint velocities and accelerations, above 0 to 1. */
  readonly velocityShare: number;
  readonly accelerationShare: number;
  /** Between the links of the arm, m. */
  readonly selfClearanceM: number;
  /** How much higher than the embodiment's the table is, m. */
  readonly tableRiseM: number;
};

export type NarrowedLimits =
  | { readonly ok: true; readonly embodiment: Embodiment }
  | { readonly ok: false; readonly faults: readonly Omit<Fault, 'source'>[] };

/**
 * The same arm with narrower limits. What would widen one is a fault, named by the field of
 * `LimitWishes`.
 */
export function narrowLimits(embodiment: Embodiment, wishes: LimitWishes): NarrowedLimits {
  const { limits } = embodiment;
  const faults: Omit<Fault, 'source'>[] = [];
  const fault = (field: keyof LimitWishes, expected: string, found: unknown): void => {
    faults.push({ field, expected, found: String(found) });
  };
  const atMost = (field: 'maxStepM' | 'maxStepRad', own: number): number => {
    const wish = wishes[field];
    if (!(wish >= 0 && wish <= own)) fault(field, `0 to ${own}`, wish);
    return wish === 0 ? own : wish;
  };
  const share = (field: 'velocityShare' | 'accelerationShare'): number => {
    const wish = wishes[field];
    if (!(wish > 0 && wish <= 1)) fault(field, 'above 0 to 1', wish);
    return wish;
  };
  const { selfClearanceM, tableRiseM } = wishes;
  const ownClearance = limits.clearance.selfM;
  if (selfClearanceM !== 0 && !(selfClearanceM >= ownClearance)) {
    fault('selfClearanceM', `0, or at least ${ownClearance}`, selfClearanceM);
  }
  if (!(tableRiseM >= 0)) fault('tableRiseM', 'at least 0', tableRiseM);
  const [velocity, acceleration] = [share('velocityShare'), share('accelerationShare')];
  const narrowed: Embodiment = {
    ...embodiment,
    limits: {
      ...limits,
      workspace: narrowBox(embodiment, wishes, fault),
      maxStepM: atMost('maxStepM', limits.maxStepM),
      maxStepRad: atMost('maxStepRad', limits.maxStepRad),
      velocity: limits.velocity.map((own) => own * velocity),
      acceleration: limits.acceleration.map((own) => own * acceleration),
      clearance: {
        selfM: selfClearanceM === 0 ? ownClearance : selfClearanceM,
        tableZM: limits.clearance.tableZM + tableRiseM,
      },
    },
  };
  return faults.length > 0 ? { ok: false, faults } : { ok: true, embodiment: narrowed };
}

function narrowBox(
  { limits: { workspace: own } }: Embodiment,
  { workspaceMin, workspaceMax }: LimitWishes,
  fault: (field: keyof LimitWishes, expected: string, found: unknown) => void,
): Embodiment['limits']['workspace'] {
  const corner = (field: 'workspaceMin' | 'workspaceMax', wish: readonly number[]): Vec3 => {
    const ownCorner = field === 'workspaceMin' ? own.min : own.max;
    if (wish.length === 0) return ownCorner;
    const isInside = wish.every((x, i) => x >= own.min[i]! && x <= own.max[i]!);
    if (wish.length !== 3 || !isInside) {
      const expected = `three numbers within ${own.min.join(', ')} and ${own.max.join(', ')}`;
      fault(field, expected, wish.join(', '));
      return ownCorner;
    }
    return wish as unknown as Vec3;
  };
  const min = corner('workspaceMin', workspaceMin);
  const max = corner('workspaceMax', workspaceMax);
  if (!min.every((x, i) => x < max[i]!)) {
    fault('workspaceMax', `more than ${min.join(', ')}`, max.join(', '));
  }
  return { min, max };
}
