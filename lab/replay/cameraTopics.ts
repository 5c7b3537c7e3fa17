import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { packageRoot } from '../../setup/paths.mjs';

/** The topic of each view as perception's parameters in config/<robot>.yaml have it. */
export function cameraTopics(robot: string): ReadonlyMap<string, string> {
  const text = readFileSync(join(packageRoot, 'config', `${robot}.yaml`), 'utf8');
  const document = parse(text) as {
    readonly '/**/perception': {
      readonly ros__parameters: {
        readonly cameras: { readonly names: readonly string[]; readonly topics: readonly string[] };
      };
    };
  };
  const { names, topics } = document['/**/perception'].ros__parameters.cameras;
  return new Map(names.map((name, i) => [name, topics[i] ?? '']));
}

/** The views of a model, with the topics that the robot's configuration gives them. */
export function camerasOf(views: readonly string[], robot: string): ReadonlyMap<string, string> {
  const topics = cameraTopics(robot);
  return new Map(views.map((view) => [view, topics.get(view) ?? view]));
}
