import type { ActionSource } from '../../core/replay/RecordedActions.ts';
import { defineCommand } from '../arguments/Command.ts';
import type { Found } from '../arguments/CommandTable.ts';
import {
  choice,
  folder,
  list,
  matching,
  ofMode,
  repeated,
  required,
  text,
  type Values,
} from '../arguments/Option.ts';
import { namespaceOption, robotOption, trimmedNamespace } from '../arguments/shared.ts';

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
      /** Undefined: all of them. */
      readonly episodes: ReadonlySet<number> | undefined;
      readonly images: 'as_stored' | 'raw';
      readonly joints: readonly string[] | undefined;
    };

const sources: Readonly<Record<ActionSource, string>> = {
  targets: 'of the controller',
  commands: 'to the joints',
  joints: 'how the joints moved',
  actions: 'of an imported bag',
};

const exportOptions = {
  actions: choice(sources, {
    help: 'what actions are taken from',
    placeholder: 'SOURCE',
    defaultText: 'the best that a bag has',
  }),
  view: repeated(
    matching(
      {
        help: 'a camera',
        placeholder: 'NAME:=TOPIC',
        expected: 'NAME:=TOPIC',
        defaultText: 'all cameras of the bag',
      },
      readView,
    ),
  ),
  instruction: text({ help: 'instead of the instructions in the bags' }),
  namespace: { ...namespaceOption, help: 'namespace of the topics in the bags; none by default' },
  robot: robotOption,
};

const importOptions = {
  episodes: matching(
    {
      help: 'such as 0,3-5',
      placeholder: 'LIST',
      expected: 'numbers such as 0,3-5',
      defaultText: 'all of them',
    },
    readNumbers,
  ),
  images: choice(
    { as_stored: 'JPEG or PNG as compressed images', raw: 'raw images' },
    { help: 'what the bags hold', placeholder: 'KIND', default: 'as_stored' },
  ),
  joints: list({ help: "names of the joints, in the order of the dataset's state" }),
};

export const command = defineCommand({
  name: 'lerobot',
  about:
    'Converts bags to a dataset of LeRobot (format v3) and back. A bag, or each bag in a folder, is ' +
    'an episode. A row is a tick: the newest pictures, joint states and instruction at its ' +
    'beginning, and the action that was done in it.',
  closing: 'The program ffmpeg reads videos; exports have pictures, not videos.',
  positionals: [
    {
      name: 'ACTION',
      help: 'what to do',
      expected: 'export or import',
      choices: { export: 'bags to a dataset', import: 'a dataset to bags' },
    },
    {
      name: 'PATH',
      help: 'export: bags, or folders with bags; import: the dataset',
      expected: 'bags, folders with bags, or a dataset',
      isRepeated: true,
      completes: 'file',
    },
  ],
  modes: [
    { name: 'export', about: 'export:' },
    { name: 'import', about: 'import:' },
  ],
  options: {
    out: required(folder({ help: 'the dataset, or the folder for the bags' })),
    ...ofMode('export', exportOptions),
    ...ofMode('import', importOptions),
  },
  modeOf: (_, { words }) => words[0]!,
  build(values, { words, refuse }): LerobotCommand {
    const [action, ...paths] = words;
    if (action === 'export') return exportCommand(paths, values.out, values);
    return importCommand(paths, values.out, values, refuse);
  },
});

function exportCommand(
  bags: readonly string[],
  out: string,
  { robot, actions: source, view, instruction, namespace }: Values<typeof exportOptions>,
): LerobotCommand {
  const shared = { bags, out, robot, source, views: new Map(view), instruction };
  return { kind: 'export', ...shared, namespace: trimmedNamespace(namespace) };
}

function importCommand(
  [dataset = '', ...others]: readonly string[],
  out: string,
  { episodes, images, joints }: Values<typeof importOptions>,
  refuse: Found['refuse'],
): LerobotCommand {
  for (const other of others) refuse(`PATH: expected one dataset to import, found also "${other}"`);
  return { kind: 'import', dataset, out, episodes, images, joints };
}

function readView(rule: string): readonly [string, string] | undefined {
  const [, name, topic] = /^([\w-]+):=(.+)$/.exec(rule) ?? [];
  return name !== undefined && topic !== undefined ? [name, topic] : undefined;
}

/** The numbers of `0,3-5`; undefined for any other text. */
function readNumbers(ranges: string): ReadonlySet<number> | undefined {
  const numbers = new Set<number>();
  for (const range of ranges.split(',')) {
    const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? [];
    if (from === undefined || Number(to) < Number(from) || Number(to) > 1e6) return undefined;
    for (let i = Number(from); i <= Number(to); i++) numbers.add(i);
  }
  return numbers;
}
