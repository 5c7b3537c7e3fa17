import { defineCommand } from '../arguments/Command.ts';
import { flag } from '../arguments/Option.ts';

export type ModelArguments = {
  readonly action: 'info' | 'check';
  readonly folder: string;
  readonly withMemory: boolean;
};

export const command = defineCommand({
  name: 'model',
  about: 'Checks and describes model packages. Ends with 2 if the package is broken.',
  positionals: [
    {
      name: 'ACTION',
      help: 'what to do',
      expected: 'info or check',
      choices: {
        info: 'show what the package holds, and how large it is',
        check: 'check files, graphs and golden run',
      },
    },
    { name: 'FOLDER', help: 'the model package', expected: 'a folder', completes: 'folder' },
  ],
  options: { memory: flag('with info: load the package, too, and show what memory that takes') },
  build({ memory }, { words, refuse }): ModelArguments {
    const [action, folder] = words as [ModelArguments['action'], string];
    if (memory && action !== 'info') refuse('--memory: expected only with info');
    return { action, folder, withMemory: memory };
  },
});
