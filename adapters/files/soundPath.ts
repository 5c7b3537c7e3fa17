import { lstatSync, realpathSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';

const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;

/** The user whom files have to belong to, apart from root; -1 where the system knows no users. */
export const thisUser: number = process.getuid?.() ?? -1;

/**
 * Why someone else than this user (and root) could put another thing in the place of this folder:
 * by owning it or a folder above it, by the right to write there, or by a link. Undefined where no
 * one can. A folder with the sticky bit, such as /tmp, lets others make names but change none.
 *
 * @param path absolute, of a folder that is there
 * @throws Error of the file system if there is none, or where it cannot be looked at
 */
export function unsoundness(path: string): string | undefined {
  const real = realpathSync(path);
  return faultAlong(path) ?? (real === path ? undefined : faultAlong(real));
}

function faultAlong(path: string): string | undefined {
  for (let at = path; ; at = dirname(at)) {
    const fault = faultOf(at, lstatSync(at));
    if (fault !== undefined || at === dirname(at)) return fault;
  }
}

function faultOf(path: string, { uid, gid, mode }: Stats): string | undefined {
  if (uid !== 0 && uid !== thisUser) return `${path} belongs to the user ${uid}`;
  // The mode of a link says nothing: who may replace it depends on its folder.
  if ((mode & 0o170000) === 0o120000 || (mode & STICKY) !== 0) return undefined;
  if ((mode & OTHERS_WRITE) !== 0) return `everybody may write to ${path}`;
  // Many systems give every user a group of his own, and let it write.
  const isOwnGroup = gid === 0 || (gid === uid && uid === thisUser);
  if ((mode & GROUP_WRITES) !== 0 && !isOwnGroup) return `the group ${gid} may write to ${path}`;
  return undefined;
}
