import { readFileSync } from 'node:fs';
import { createPolicy, type PolicyOptions } from '../../adapters/model/createPolicy.ts';
import type { ModelPackage } from '../../adapters/model/ModelPackage.ts';
import { megabytes } from './describeModel.ts';

/**
 * Loads a model into this process and tells what memory that takes, line by line: a large one may
 * not get to the end.
 */
export async function measureMemory(
  modelPackage: ModelPackage,
  write: (text: string) => void,
): Promise<void> {
  const { embodiments, spatial } = modelPackage.manifest;
  const [name = ''] = embodiments.keys();
  const line = (what: string, resident: string, seconds: string) =>
    write(`${what.padEnd(28)}${resident.padStart(12)}${seconds.padStart(8)}`.trimEnd() + '\n');
  const load = async (what: string, options: Partial<PolicyOptions>) => {
    const embodiment = { name, tickSec: 1 };
    const startMs = performance.now();
    const policy = await createPolicy(modelPackage, { embodiment, isolation: 'none', ...options });
    line(what, residentMegabytes(), ((performance.now() - startMs) / 1000).toFixed(1));
    await policy.close();
  };
  line('memory', 'MB resident', 's');
  line('before', residentMegabytes(), '');
  await load('planner and expert loaded', { golden: false });
  await load('after a run of both', {});
  if (spatial.mode === 'text') await load('with what answers in words', { answersAtOnce: true });
  line('at most', peakMegabytes(), '');
}

function residentMegabytes(): string {
  return megabytes(process.memoryUsage.rss());
}

/** `VmHWM` of Linux, kB; other systems do not tell. */
function peakMegabytes(): string {
  try {
    const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return kilobytes === undefined ? '' : megabytes(Number(kilobytes) * 1024);
  } catch {
    return '';
  }
}
