import fs from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../setup/paths.mjs';

/** Our own package's name, found without an installation. */
export const ownName = 'st4vla_ros';

/** Finds ROS packages and their programs. */
export type Packages = {
  /** Throws when there is no such package. */
  share(name: string): string;
  prefix(name: string): string;
  /** The command that runs an executable of a package; throws when there is none. */
  command(name: string, executable: string): readonly string[];
  /** The command before a file and its arguments; throws where `ros2 launch` is not installed. */
  ros2Launch(): readonly string[];
};

/** Packages of the sourced ROS 2; our own is where this file lies, be it a clone or installed. */
export function ambientPackages(env: NodeJS.ProcessEnv): Packages {
  const prefixes = (env['AMENT_PREFIX_PATH'] ?? '').split(':').filter((prefix) => prefix !== '');
  const prefix = (name: string): string => {
    const index = path.join('share', 'ament_index', 'resource_index', 'packages', name);
    const found = prefixes.find((candidate) => fs.existsSync(path.join(candidate, index)));
    if (found === undefined) throw new Error(`there is no ROS package "${name}" here`);
    return found;
  };
  return {
    prefix,
    share: (name) => (name === ownName ? packageRoot : path.join(prefix(name), 'share', name)),
    command: (name, executable) => {
      if (name === ownName) return ownCommand(executable);
      const file = path.join(prefix(name), 'lib', name, executable);
      if (!fs.existsSync(file))
        throw new Error(`package "${name}" has no executable "${executable}"`);
      return [file];
    },
    ros2Launch: () => {
      try {
        prefix('ros2launch');
      } catch (error) {
        throw new Error('only `ros2 launch` can read it, which is not here', { cause: error });
      }
      // It passes a Ctrl-C on to its processes only when it knows that no terminal does.
      return ['ros2', 'launch', '--noninteractive'];
    },
  };
}

function ownCommand(executable: string): readonly string[] {
  const relative = executable === 'st4vla' ? 'cli/main.js' : `nodes/${executable}/main.js`;
  const file = path.join(packageRoot, 'dist', relative);
  if (!fs.existsSync(file))
    throw new Error(`package "${ownName}" has no executable "${executable}"`);
  return [process.execPath, file];
}
