import type { Scene } from '../../sim/world/Scene.ts';

/** What an operator says, or someone else does, at the beginning of a tick. */
export type TimelineEntry =
  | { readonly tick: number; readonly says: string }
  | { readonly tick: number; readonly moves: string; readonly to: readonly [number, number] }
  | { readonly tick: number; readonly pushes_n: readonly [number, number, number] };

/** What a scene has in store for the arm, in the order of time. */
export function timelineOf({
  instruction,
  followUp,
  events = [],
  objects,
}: Scene): TimelineEntry[] {
  const said: TimelineEntry[] = [{ tick: 0, says: instruction }];
  if (followUp !== undefined) said.push({ tick: followUp.fromTick, says: followUp.instruction });
  const done = events.map((event): TimelineEntry => {
    const tick = event.atTick;
    if (event.kind === 'push') return { tick, pushes_n: event.forceN };
    return { tick, moves: objects[event.object]!.kind, to: [event.x, event.y] };
  });
  return [...said, ...done].toSorted((a, b) => a.tick - b.tick);
}
