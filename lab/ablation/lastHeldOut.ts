/**
 * The newest figures on held-out data in a training's log, JSON by lines; none where there are none.
 * A line that was cut off does not count, nor does a figure that could not be found (null).
 */
export function lastHeldOut(log: string): Readonly<Record<string, number>> {
  for (const line of log.split('\n').toReversed()) {
    if (!line.includes('"held_out"')) continue;
    try {
      const { held_out: found } = JSON.parse(line) as { held_out: Record<string, number | null> };
      const known = Object.entries(found).filter(([, value]) => value !== null);
      return Object.fromEntries(known) as Record<string, number>;
    } catch {
      continue;
    }
  }
  return {};
}
