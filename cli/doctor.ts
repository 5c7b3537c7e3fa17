import { checkRequirements } from '../setup/requirements.mjs';
import { isClone, packageRoot } from '../setup/paths.mjs';
import { formatFindings } from '../setup/table.mjs';
import { checkModels, checkProfile, checkRosProcess, checkSteps } from './doctor/checks.ts';
import { defineCommand } from './arguments/Command.ts';
import { print } from '../adapters/terminal/print.ts';

export const command = defineCommand({
  name: 'doctor',
  about: 'Shows what this machine has, what is wrong, and the remedy. Ends with 1 if something is.',
  options: {},
  build: () => undefined,
});

/** `st4vla doctor`; resolves to 1 when something is wrong. */
export async function run(): Promise<number> {
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
