import { checkRequirements } from '../setup/requirements.mjs';
import { isClone, packageRoot } from '../setup/paths.mjs';
import { formatFindings } from '../setup/table.mjs';
import { checkModels, checkProfile, checkRosProcess, checkSteps } from './doctor/checks.ts';
import { print } from '../adapters/terminal/print.ts';

/** `st4vla doctor`: what this machine has, what is wrong, and the remedy; 1 when something is wrong. */
export async function run(args: readonly string[]): Promise<number> {
  if (args.length > 0) {
    process.stderr.write('usage: st4vla doctor\n');
    return args.includes('--help') ? 0 : 2;
  }
  const steps = isClone ? checkSteps(process.env) : [];
  const isReady = steps.every(({ status }) => status === 'ok');
  const findings = [
    ...(isClone ? checkRequirements(packageRoot, process.env) : []),
    ...steps,
    ...(isReady ? [checkRosProcess(process.env)] : []),
    checkProfile(process.env),
    ...checkModels(),
  ];
  print(`${formatFindings(findings)}\n`);
  return findings.some(({ status }) => status === 'bad') ? 1 : 0;
}
