import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/**
 * Where ROS 2 can write its logs, since without a place for them it does not begin: as it would choose
 * itself (`ROS_LOG_DIR`, else `log` in `ROS_HOME`, else in `~/.ros`), or else a folder of this user among
 * the temporary files.
 *
 * @returns the folder, and why it is another one, where it is
 */
export function logFolder(
  env: NodeJS.ProcessEnv,
  temporary: string = os.tmpdir(),
): { readonly folder: string; readonly notice?: string } {
  const home = env['HOME'] ?? '';
  const expand = (name: string) => name.replace(/^~(?=\/|$)/, home);
  const log = env['ROS_LOG_DIR'] ?? '';
  const rosHome = env['ROS_HOME'] ?? '';
  const [from, wanted] =
    log !== ''
      ? (['ROS_LOG_DIR', expand(log)] as const)
      : rosHome !== ''
        ? (['ROS_HOME', path.join(expand(rosHome), 'log')] as const)
        : (['HOME', home === '' ? '' : path.join(home, '.ros', 'log')] as const);
  const fault = wanted === '' ? 'it is not set' : whyNotWritable(wanted);
  if (fault === undefined) return { folder: wanted };
  const folder = ownFolder(temporary);
  const notice = `${from}: expected a folder that can be written, found ${wanted || 'nothing'} (${fault}): logs go to ${folder}`;
  return { folder, notice };
}

function whyNotWritable(folder: string): string | undefined {
  try {
    makeFolder(path.resolve(folder));
    fs.accessSync(folder, fs.constants.W_OK | fs.constants.X_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

/** One by one: `recursive` of Node 20 does not end where the system says that a parent is not there (/proc). */
function makeFolder(folder: string): void {
  if (fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  if (path.dirname(folder) !== folder) makeFolder(path.dirname(folder));
  try {
    fs.mkdirSync(folder);
  } catch (error) {
    // Another node may have made it meanwhile.
    const isThere = fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory();
    if (!isThere) throw error;
  }
}

/** The same at every start; another one if another user has taken its name. */
function ownFolder(temporary: string): string {
  const uid = process.getuid?.() ?? 0;
  const folder = path.join(temporary, `ros-log-${uid}`);
  try {
    fs.mkdirSync(folder, { mode: 0o700 });
    return folder;
  } catch {
    const found = fs.lstatSync(folder, { throwIfNoEntry: false });
    const isOwn = found?.isDirectory() && found.uid === uid && (found.mode & 0o022) === 0;
    return isOwn ? folder : fs.mkdtempSync(`${folder}-`);
  }
}
