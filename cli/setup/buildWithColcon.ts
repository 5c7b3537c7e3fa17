import path from 'node:path';
import type { RosSource } from '../../setup/rosSource.mjs';
import type { Run } from '../../setup/steps.mjs';
import { buildEnvironment, withPrograms } from './rosEnvironment.ts';
import { wheelsPython } from './wheelsStep.ts';

/** Builds the packages in `workspace`/src into `workspace`/install. */
export async function buildWithColcon(
  run: Run,
  source: RosSource,
  workspace: string,
  env: NodeJS.ProcessEnv,
  cmakeOptions: readonly string[] = [],
): Promise<void> {
  const wheels = source.kind === 'wheels';
  const colcon = wheels ? [wheelsPython, '-m', 'colcon'] : ['colcon'];
  const folders = ['--base-paths', 'src', '--build-base', 'build', '--install-base', 'install'];
  const cmakeArgs = [...cmakeOptions, '-DBUILD_TESTING=OFF'];
  if (wheels) cmakeArgs.push(`-DPython3_EXECUTABLE=${wheelsPython}`);
  const build = ['--log-base', 'log', 'build', ...folders, '--merge-install'];
  await run(colcon[0]!, [...colcon.slice(1), ...build, '--cmake-args', ...cmakeArgs], {
    cwd: workspace,
    env: withPrograms(programsOf(source), buildEnvironment(source, env)),
  });
}

/** Folders of the programs that the ROS 2 in use brings (its Python above all). */
export function programsOf(source: RosSource): string[] {
  return source.kind === 'wheels' ? [path.dirname(wheelsPython)] : [];
}
