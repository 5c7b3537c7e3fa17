import { parseArgs } from 'node:util';
import { EMBODIMENTS } from '../../core/embodiment/embodimentByName.ts';
import type { ActionSource } from '../../core/replay/RecordedActions.ts';

export const LEROBOT_USAGE = `usage: st4vla lerobot export BAG|FOLDER... --out DIR [options]
       st4vla lerobot import DATASET --out FOLDER [options]

Bags to a dataset of LeRobot (format v3) and back. A bag, or each bag in a folder, is an episode; a row
is a tick: the newest pictures, joint states and instruction at its beginning, and the action that
was done in it.

  --out DIR            the dataset, or the folder for the bags

export:
  --actions SOURCE     what actions are taken from: targets (of the controller), commands (to the
                       joints), joints (how they moved) or actions (of an imported bag); the best
                       that a bag has unless told otherwise
  --view NAME:=TOPIC   a camera; may be repeated; all cameras of the bag unless told otherwise
  --instruction TEXT   instead of what the bags say
  --namespace NS       of the topics in the bags
  --robot NAME         widowx (default) or google_robot

import:
  --episodes LIST      such as 0,3-5; all unless told otherwise
  --images KIND        as_stored (default: JPEG or PNG as compressed images) or raw
  --joints A,B,…       names of the joints, in the order of the dataset's state

Videos are read by the program ffmpeg; exports have pictures, not videos.
`;

export type LerobotCommand =
  | {
      readonly kind: 'export';
      readonly bags: readonly string[];
      readonly out: string;
      readonly robot: string;
      readonly source: ActionSource | undefined;
      readonly views: ReadonlyMap<string, string>;
      readonly instruction: string | undefined;
      readonly namespace: string;
    }
  | {
      readonly kind: 'import';
      readonly dataset: string;
      readonly out: string;
      /** All where undefined. */
      readonly episodes: ReadonlySet<number> | undefined;
      readonly images: 'as_stored' | 'raw';
      readonly joints: readonly string[] | undefined;
    };

export type ParsedLerobot =
  | { readonly kind: 'help' }
  | { readonly kind: 'faults'; readonly faults: readonly string[] }
  | { readonly kind: 'run'; readonly command: LerobotCommand };

const SOURCES: readonly ActionSource[] = ['targets', 'commands', 'joints', 'actions'];
const IMAGES = ['as_stored', 'raw'] as const;

const COMMON = { help: { type: 'boolean', short: 'h' }, out: { type: 'string' } } as const;

const OPTIONS = {
  export: {
    ...COMMON,
    actions: { type: 'string' },
    view: { type: 'string', multiple: true },
    instruction: { type: 'string' },
    namespace: { type: 'string', default: '' },
    robot: { type: 'string', default: 'widowx' },
  },
  import: {
    ...COMMON,
    episodes: { type: 'string' },
    images: { type: 'string', default: 'as_stored' },
    joints: { type: 'string' },
  },
} as const;

/** Reads the command line; all faults at once. */
export function parseLerobotArguments([verb, ...args]: readonly string[]): ParsedLerobot {
  if (verb === '--help' || verb === '-h') return { kind: 'help' };
  try {
    if (verb === 'export') return parseExport(args);
    if (verb === 'import') return parseImport(args);
  } catch (error) {
    return { kind: 'faults', faults: [(error as Error).message] };
  }
  return { kind: 'faults', faults: [`expected export or import, found ${verb ?? 'nothing'}`] };
}

function parseExport(args: readonly string[]): ParsedLerobot {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: OPTIONS.export,
    allowPositionals: true,
  });
  if (values.help) return { kind: 'help' };
  const faults: string[] = [];
  const { out = '', robot, actions, instruction } = values;
  if (positionals.length === 0) faults.push('expected bags, or folders with bags');
  if (out === '') faults.push('--out: expected the folder of the dataset, found nothing');
  const robots = EMBODIMENTS.map(({ name }) => name);
  if (!robots.includes(robot)) {
    faults.push(`--robot: expected ${robots.join(' or ')}, found "${robot}"`);
  }
  const source = SOURCES.find((one) => one === actions);
  if (actions !== undefined && !source) {
    faults.push(`--actions: expected ${SOURCES.join(', ')}, found "${actions}"`);
  }
  const views = new Map<string, string>();
  for (const text of values.view ?? []) {
    const [, name, topic] = /^([\w-]+):=(.+)$/.exec(text) ?? [];
    if (name !== undefined && topic !== undefined) views.set(name, topic);
    else faults.push(`--view: expected NAME:=TOPIC, found "${text}"`);
  }
  if (faults.length > 0) return { kind: 'faults', faults };
  const namespace = values.namespace.replace(/^\/|\/$/g, '');
  const command = { out, robot, source, views, instruction, namespace };
  return { kind: 'run', command: { kind: 'export', bags: positionals, ...command } };
}

function parseImport(args: readonly string[]): ParsedLerobot {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: OPTIONS.import,
    allowPositionals: true,
  });
  if (values.help) return { kind: 'help' };
  const faults: string[] = [];
  const [dataset = ''] = positionals;
  const { out = '', joints } = values;
  if (positionals.length !== 1) faults.push(`expected one dataset, found ${positionals.length}`);
  if (out === '') faults.push('--out: expected a folder for the bags, found nothing');
  const images = IMAGES.find((one) => one === values.images);
  if (!images) faults.push(`--images: expected ${IMAGES.join(' or ')}, found "${values.images}"`);
  const episodes = values.episodes === undefined ? undefined : numbersOf(values.episodes);
  if (values.episodes !== undefined && !episodes) {
    faults.push(`--episodes: expected numbers such as 0,3-5, found "${values.episodes}"`);
  }
  if (faults.length > 0 || !images) return { kind: 'faults', faults };
  const command = { dataset, out, episodes, images, joints: joints?.split(',') };
  return { kind: 'run', command: { kind: 'import', ...command } };
}

/** Of `0,3-5`; undefined where it is something else. */
function numbersOf(text: string): Set<number> | undefined {
  const numbers = new Set<number>();
  for (const part of text.split(',')) {
    const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
    if (from === undefined || Number(to) < Number(from) || Number(to) > 1e6) return undefined;
    for (let i = Number(from); i <= Number(to); i++) numbers.add(i);
  }
  return numbers;
}
