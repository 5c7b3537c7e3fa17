import { lstatSync, mkdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { PrivateFolder } from './PrivateFolder.ts';
import { thisUser, unsoundness } from './soundPath.ts';

const OURS = 'st4vla';

/** Names a folder for what outlives a process, in place of the user's own. */
export const STATE_VARIABLE = 'ST4VLA_STATE_DIR';

export type StateFolder =
  | {
      readonly kind: 'found';
      readonly folder: PrivateFolder;
      /** Why places that come before it were left out. */
      readonly notices: readonly string[];
    }
  | { readonly kind: 'none'; readonly reasons: readonly string[] };

/** A place that may be the right one; `open` makes what is missing. */
type Place = {
  readonly name: string;
  /** That it does not do is as usual, and nothing to speak of. */
  readonly isOptional?: boolean;
  readonly open: () => PrivateFolder;
};

/**
 * Where this user keeps what has to outlive a process, and where no one else may write: the first
 * sound place out of `XDG_RUNTIME_DIR`, a folder of this user alone that `TMPDIR` names (what the XDG
 * specification calls a replacement with similar capabilities), `XDG_STATE_HOME` and
 * `~/.local/state`. Where `ST4VLA_STATE_DIR` names a folder, no other place counts.
 */
export function stateFolder(env: NodeJS.ProcessEnv = process.env): StateFolder {
  const reasons: string[] = [];
  for (const { name, open, isOptional } of placesIn(env)) {
    try {
      return { kind: 'found', folder: open(), notices: reasons };
    } catch (error) {
      if (!isOptional) reasons.push(`${name}: ${(error as Error).message}`);
    }
  }
  return { kind: 'none', reasons };
}

function placesIn(env: NodeJS.ProcessEnv): readonly Place[] {
  const chosen = env[STATE_VARIABLE];
  if (chosen)
    return [{ name: STATE_VARIABLE, open: () => below(dirname(resolve(chosen)), chosen) }];
  const { XDG_RUNTIME_DIR: runtime, TMPDIR: temporary, XDG_STATE_HOME: state } = env;
  const places: Place[] = [];
  if (runtime) places.push({ name: 'XDG_RUNTIME_DIR', open: () => belowOwn(runtime) });
  if (temporary) {
    places.push({ name: 'TMPDIR', isOptional: true, open: () => belowOwn(temporary) });
  }
  if (state) places.push({ name: 'XDG_STATE_HOME', open: () => belowMade(state) });
  const open = () => {
    const home = env['HOME'] || userInfo().homedir;
    requireSound(home);
    return belowMade(join(home, '.local', 'state'));
  };
  return [...places, { name: 'HOME', open }];
}

/** Our folder below one that is this user's alone, and no link. */
function belowOwn(path: string): PrivateFolder {
  requireAbsolute(path);
  const stats = lstatSync(path);
  if (!stats.isDirectory()) throw new Error(`expected a folder, found another thing: ${path}`);
  if (stats.uid !== thisUser) {
    throw new Error(`${path} belongs to the user ${stats.uid}, not to ${thisUser}`);
  }
  if ((stats.mode & 0o022) !== 0) throw new Error(`others may write to ${path}`);
  return below(path, join(path, OURS));
}

function belowMade(path: string): PrivateFolder {
  requireAbsolute(path);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return below(path, join(path, OURS));
}

function below(parent: string, path: string): PrivateFolder {
  requireAbsolute(path);
  requireSound(parent);
  return new PrivateFolder(path);
}

function requireAbsolute(path: string): void {
  if (!isAbsolute(path)) throw new Error(`expected an absolute path, found ${path}`);
}

function requireSound(path: string): void {
  const fault = unsoundness(path);
  if (fault !== undefined) throw new Error(fault);
}
