import type { DrawerName } from '../world/cabinet.ts';
import type { CounterKind } from './googleLayout.ts';
import type { LayoutItem } from './layout.ts';

type TaskBase = {
  readonly name: string;
  readonly maxTicks: number;
};

/** Puts one thing onto another. */
export type PlaceTask = TaskBase & {
  readonly family: 'place';
  readonly instruction: string;
  readonly source: LayoutItem;
  readonly target: LayoutItem;
};

/** Lifts the only thing there, which lies or stands in a given way. */
export type PickTask = TaskBase & {
  readonly family: 'pick';
  readonly instruction: string;
  readonly source: CounterKind;
  /** Directions in which it lies, rad. */
  readonly yawRad: readonly [from: number, to: number];
};

/** Moves one of three things near another; the seed says which. */
export type NearTask = TaskBase & {
  readonly family: 'near';
  readonly kinds: readonly CounterKind[];
};

/** Opens or closes a drawer; the seed says which of these. */
export type DrawerTask = TaskBase & {
  readonly family: 'open' | 'close';
  readonly drawers: readonly DrawerName[];
};

/** Opens a drawer, then puts something into it, as two instructions. */
export type StoreTask = TaskBase & {
  readonly family: 'store';
  readonly source: CounterKind;
  readonly drawer: DrawerName;
  /** When the second instruction is given. */
  readonly followUpTick: number;
};

/** One of the benchmark's tasks: what there is and what the operator says. */
export type TaskSpec = PlaceTask | PickTask | NearTask | DrawerTask | StoreTask;
