import { CONTROL_PERIOD_SEC } from '../../core/control/controlPeriod.ts';
import type { ReplayResult } from './replay.ts';

/** What a replay came to, for the terminal. */
export function replayReport(result: ReplayResult): string {
  const { durationSec, wallSec, ticks, counts, frames, commandSha256, notices } = result;
  const speed = durationSec / wallSec;
  const lines = [
    ...notices.map((notice) => `note: ${notice}`),
    `${durationSec.toFixed(1)} s in ${wallSec.toFixed(1)} s (${speed.toFixed(1)} times as fast), ${ticks} ticks`,
    `frames ${frames.received}, looked at ${frames.used}` +
      (frames.dropped > 0 ? `, damaged ${frames.dropped} (${frames.lastFault})` : ''),
    `observations ${counts.observation}, plans ${counts.plan}, chunks ${counts.chunk}`,
    `commands ${counts.command}, sha256 ${commandSha256}`,
    ...goldenLines(result),
  ];
  return `${lines.join('\n')}\n`;
}

function goldenLines({ golden }: ReplayResult): string[] {
  if (golden.kind === 'none') return [];
  if (golden.kind === 'written') return ['golden file written'];
  const how = golden.exact ? 'to the last bit' : 'within the tolerances across processors';
  const changed = golden.changed.map((text) => `changed: ${text}`);
  if (!golden.first) return [...changed, `same as the golden file, ${how}`];
  const { difference } = golden.first;
  const { tick, period, stage, field, expected, found, size } = difference;
  const at = `tick ${tick} (${(period * CONTROL_PERIOD_SEC).toFixed(2)} s)`;
  const what = field === '' ? stage : `${stage}, ${field}`;
  return [
    ...changed,
    `differs from the golden file (compared ${how})`,
    `first difference: ${at}, ${what}: expected ${expected}, found ${found}` +
      (size === undefined ? '' : `, size ${size.toPrecision(3)}`),
    ...golden.stages.map(
      ({ stage: name, compared, different, largest }) =>
        `  ${name.padEnd(11)} ${different} of ${compared} differ` +
        (largest > 0 ? `, by ${largest.toPrecision(3)} at most` : ''),
    ),
  ];
}
