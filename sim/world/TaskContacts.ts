import { drawerLink, handleLink } from './cabinet.ts';
import { objectBodyName } from './mjcf.ts';
import type { Physics } from './Physics.ts';
import type { Goal } from './Scene.ts';

/**
 * What the fingers and the goal's source touch; the source of a drawer to be opened or closed is its
 * handle, and the target of something to be stored is the drawer.
 */
export type TaskContacts = {
  /** Both fingers press on the source. */
  readonly gripped: boolean;
  readonly sourceTouchesTarget: boolean;
  /** The source touches the arm, the table or another object. */
  readonly sourceTouchesOther: boolean;
  /** The source touches something that is no part of the arm. */
  readonly sourceTouchesThings: boolean;
};

/** The links of an arm, and those of each of its fingers. */
export type ArmLinks = {
  readonly all: Iterable<string>;
  readonly fingers: readonly (readonly string[])[];
};

export function taskContacts(physics: Physics, goal: Goal, links: ArmLinks): TaskContacts {
  const [source, target] = bodiesOfGoal(goal);
  const targetBody = target === undefined ? undefined : physics.body(target);
  const touching = physics.contacts().touching(physics.body(source));
  const arm = new Set([...links.all].map((name) => physics.body(name)));
  return {
    gripped: areFingersOn(physics, touching, links),
    sourceTouchesTarget: targetBody !== undefined && touching.has(targetBody),
    sourceTouchesOther: [...touching].some((body) => body !== targetBody),
    sourceTouchesThings: [...touching].some((body) => !arm.has(body)),
  };
}

/** Whether all fingers press on a link of furniture. */
export function isGripped(physics: Physics, link: string, links: ArmLinks): boolean {
  return areFingersOn(physics, physics.contacts().touching(physics.body(link)), links);
}

function areFingersOn(
  physics: Physics,
  touching: ReadonlySet<number>,
  { fingers }: ArmLinks,
): boolean {
  return fingers.every((finger) => finger.some((link) => touching.has(physics.body(link))));
}

/** The bodies of a goal's source and target. */
function bodiesOfGoal(goal: Goal): readonly [source: string, target: string | undefined] {
  switch (goal.kind) {
    case 'place':
    case 'near':
      return [objectBodyName(goal.source), objectBodyName(goal.target)];
    case 'pick':
      return [objectBodyName(goal.source), undefined];
    case 'open':
    case 'close':
      return [handleLink(goal.drawer), undefined];
    case 'store':
      return [objectBodyName(goal.source), drawerLink(goal.drawer)];
  }
}
