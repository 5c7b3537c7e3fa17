import fs from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import type { ParameterSource } from './ProcessSpec.ts';

/**
 * The `--params-file` arguments for a node's parameters, in order. Values become files too, as in
 * `ros2 launch`: rclnodejs lets a file win over `-p name:=value`, so all must come the same way.
 * @param folder where the files are written
 * @param node whose the values are, with its namespace; where it is not known, they are for any node
 *   of the process, and none may then mind a name that it does not have
 */
export function parameterArguments(
  sources: readonly ParameterSource[],
  folder: string,
  label: string,
  node: string | undefined,
): string[] {
  const args: string[] = [];
  let values: Record<string, unknown> = {};
  const flush = (): void => {
    if (Object.keys(values).length === 0) return;
    const file = path.join(folder, `${label}-${args.length / 2}.yaml`);
    fs.writeFileSync(file, stringify({ [node ?? '/**']: { ros__parameters: values } }));
    args.push('--params-file', file);
    values = {};
  };
  for (const source of sources) {
    if ('file' in source) {
      flush();
      args.push('--params-file', source.file);
    } else {
      // YAML 1.1, as ROS reads it: `on` and `0x10` mean there what they mean here.
      values[source.name] = parse(source.value, { version: '1.1' });
    }
  }
  flush();
  return args;
}
