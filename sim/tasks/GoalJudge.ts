import { inverseTransformPoint } from '../../core/math/pose.ts';
import type { Pose } from '../../core/math/types.ts';
import type { BodyModel } from '../world/BodyModel.ts';
import type { DrawerName } from '../world/cabinet.ts';
import { DRAWER_INSIDE } from '../world/cabinet.ts';
import type { PlacedBody } from '../world/SceneRenderer.ts';
import type { Goal, Scene } from '../world/Scene.ts';
import { restPose } from '../world/Scene.ts';
import type { TaskContacts } from '../world/TaskContacts.ts';
import { isResting } from './success.ts';

/** What a goal is judged by. */
export type GoalReading = {
  readonly bodies: readonly PlacedBody[];
  contactsOf(goal: Goal): TaskContacts;
  openM(drawer: DrawerName): number;
  baseFromDrawer(drawer: DrawerName): Pose;
};

/** SimplerEnv's numbers, metres. */
const LIFTED_M = 0.01;
const LIFTED_WELL_M = 0.02;
const LIFTED_WELL_TICKS = 5;
const MOVED_M = 0.03;
const NEAR_M = 0.1;
const KNOCKED_DOWN_M = 0.02;
export const OPEN_ENOUGH_M = 0.15;
export const CLOSED_ENOUGH_M = 0.05;
const STILL_OPEN_M = 0.05;
/** What lies in a drawer has its middle this much above the drawer's floor, at most. */
const LYING_M = 0.06;

/** Follows a goal through an episode; the rules are SimplerEnv's. */
export class GoalJudge {
  readonly goal: Goal;
  readonly #startPoses: Pose[];
  #isLifted = false;
  #ticksLiftedWell = 0;

  /** @param startPoses where the objects are when the goal is given */
  constructor({ goal, objects }: Scene, startPoses: readonly Pose[] = objects.map(restPose)) {
    this.goal = goal;
    this.#startPoses = [...startPoses];
  }

  /** What the arm has moved is counted from where someone else has put it. */
  movedByOthers(index: number, baseFromBody: Pose): void {
    this.#startPoses[index] = baseFromBody;
  }

  /** To be called once a tick: some rules count ticks. */
  endTick(reading: GoalReading): void {
    const { goal } = this;
    if (goal.kind !== 'pick') return;
    const { gripped, sourceTouchesThings } = reading.contactsOf(goal);
    const height = this.#heightOver(reading, goal.source);
    this.#isLifted = gripped && (this.#isLifted || (!sourceTouchesThings && height > LIFTED_M));
    if (this.#isLifted && height > LIFTED_WELL_M) this.#ticksLiftedWell += 1;
  }

  success(reading: GoalReading): boolean {
    const { goal } = this;
    const { bodies } = reading;
    switch (goal.kind) {
      case 'place': {
        const contacts = reading.contactsOf(goal);
        return (
          contacts.sourceTouchesTarget &&
          !contacts.sourceTouchesOther &&
          isResting(bodies[goal.source]!, bodies[goal.target]!)
        );
      }
      case 'pick':
        return this.#isLifted || this.#ticksLiftedWell >= LIFTED_WELL_TICKS;
      case 'near':
        return this.#isNear(reading, goal.source, goal.target);
      case 'open':
        return reading.openM(goal.drawer) >= OPEN_ENOUGH_M;
      case 'close':
        return reading.openM(goal.drawer) <= CLOSED_ENOUGH_M;
      case 'store':
        return (
          reading.openM(goal.drawer) >= STILL_OPEN_M &&
          reading.contactsOf(goal).sourceTouchesTarget &&
          isInDrawer(bodies[goal.source]!, reading.baseFromDrawer(goal.drawer))
        );
    }
  }

  #heightOver({ bodies }: GoalReading, index: number): number {
    return bodies[index]!.baseFromBody.position[2] - this.#startPoses[index]!.position[2];
  }

  /** The source moved, and more than all others; it is near the target, and nearest. */
  #isNear(reading: GoalReading, source: number, target: number): boolean {
    const { bodies } = reading;
    const others = bodies.map((_, i) => i).filter((i) => i !== source);
    const moved = bodies.map(({ baseFromBody }, i) =>
      horizontalDistance(baseFromBody, this.#startPoses[i]!),
    );
    const toTarget = bodies.map(({ baseFromBody }) =>
      horizontalDistance(baseFromBody, bodies[target]!.baseFromBody),
    );
    const reach = NEAR_M + halfDiagonal(bodies[source]!) + halfDiagonal(bodies[target]!);
    return (
      bodies.every((_, i) => this.#heightOver(reading, i) > -KNOCKED_DOWN_M) &&
      moved[source]! > MOVED_M &&
      others.every((i) => moved[i]! < moved[source]!) &&
      toTarget[source]! < reach &&
      others.every((i) => i === target || toTarget[i]! > toTarget[source]!)
    );
  }
}

function isInDrawer({ baseFromBody }: PlacedBody, baseFromDrawer: Pose): boolean {
  const { halfX, halfY, floorZ } = DRAWER_INSIDE;
  const [x, y, z] = inverseTransformPoint(baseFromDrawer, baseFromBody.position);
  return Math.abs(x) < halfX && Math.abs(y) < halfY && z - floorZ < LYING_M;
}

/** Half the diagonal of a thing's outline on the table. */
export function halfDiagonal({ model }: { readonly model: Pick<BodyModel, 'look'> }): number {
  const [x, y] = model.look.halfExtents;
  return Math.hypot(x, y);
}

function horizontalDistance(a: Pose, b: Pose): number {
  return Math.hypot(a.position[0] - b.position[0], a.position[1] - b.position[1]);
}
