import type { Pose, Vec3 } from '../../core/math/types.ts';
import type { GoalReading } from '../tasks/GoalJudge.ts';
import { GoalJudge } from '../tasks/GoalJudge.ts';
import type { Goal, Scene, SceneObject } from './Scene.ts';
import { restPose } from './Scene.ts';

/** What events of a scene are done with. */
export type SceneHands = {
  moveObject(index: number, baseFromBody: Pose): void;
  /** Pushes the gripper until told otherwise; undefined lets go. */
  push(forceN: Vec3 | undefined): void;
};

export type GoalVerdict = { readonly goal: Goal; readonly isMet: boolean };

/** A goal that another one has followed. */
type FormerGoal = {
  readonly judge: GoalJudge;
  readonly wasMet: boolean;
  /** Whether what was reached has to be so at the end as well. */
  readonly mustStay: boolean;
};

/** A scene in the course of an episode: its goals, one after the other, and what happens to it. */
export class SceneTimeline {
  #scene: Scene;
  #judge: GoalJudge;
  #former: FormerGoal | undefined;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.#judge = new GoalJudge(scene);
  }

  /** With the present goal, and objects where they were put last. */
  get scene(): Scene {
    return this.#scene;
  }

  /** To be called once a tick, at its end: some rules count ticks. */
  endTick(reading: GoalReading): void {
    this.#judge.endTick(reading);
  }

  /** What happens at the beginning of a tick, and whether another goal is given with it. */
  beginTick(tick: number, reading: () => GoalReading, hands: SceneHands): void {
    const { followUp, events = [] } = this.#scene;
    if (followUp?.goal !== undefined && followUp.fromTick === tick) {
      this.#follow(followUp.goal, reading());
    }
    for (const event of events) {
      if (event.kind === 'push') {
        if (event.atTick === tick) hands.push(event.forceN);
        else if (event.atTick + event.forTicks === tick) hands.push(undefined);
      } else if (event.atTick === tick) {
        const { x, y, yawRad } = event;
        const object = { ...this.#scene.objects[event.object]!, x, y, yawRad };
        hands.moveObject(event.object, this.#moved(event.object, object));
      }
    }
  }

  /** Each goal that was given so far, the first one first. */
  verdicts(reading: GoalReading): readonly GoalVerdict[] {
    const verdict = (judge: GoalJudge, isMet: boolean) => ({ goal: judge.goal, isMet });
    const present = verdict(this.#judge, this.#judge.success(reading));
    if (this.#former === undefined) return [present];
    const { judge, wasMet, mustStay } = this.#former;
    return [verdict(judge, wasMet && (!mustStay || judge.success(reading))), present];
  }

  #follow(goal: Goal, reading: GoalReading): void {
    const before = this.#scene.goal;
    this.#former = {
      judge: this.#judge,
      wasMet: this.#judge.success(reading),
      // What is placed stays so, unless it is what the next goal moves.
      mustStay: before.kind === 'place' && !('source' in goal && goal.source === before.source),
    };
    this.#scene = { ...this.#scene, goal };
    const poses = reading.bodies.map(({ baseFromBody }) => baseFromBody);
    this.#judge = new GoalJudge(this.#scene, poses);
  }

  /** What a hand has moved has not been moved by the arm. */
  #moved(index: number, object: SceneObject): Pose {
    const pose = restPose(object);
    const objects = this.#scene.objects.map((other, i) => (i === index ? object : other));
    this.#scene = { ...this.#scene, objects };
    this.#judge.movedByOthers(index, pose);
    return pose;
  }
}
