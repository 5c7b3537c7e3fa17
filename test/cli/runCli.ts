import { commands } from '../../cli/commands.ts';

/** Runs `st4vla model …` and catches what it writes. */
export function runCli(...args: readonly string[]): Promise<Caught> {
  return runCaught('model', args);
}

export type Caught = {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order of writing. */
  readonly out: string;
};

/** Runs a subcommand and catches what it writes. */
export async function runCaught(name: string, args: readonly string[]): Promise<Caught> {
  const streams = { stdout: process.stdout, stderr: process.stderr };
  const writes = [streams.stdout.write, streams.stderr.write] as const;
  const caught = { stdout: '', stderr: '', out: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    streams[stream].write = (text: string | Uint8Array) => {
      caught[stream] += String(text);
      caught.out += String(text);
      return true;
    };
  }
  try {
    const code = await commands[name]!.run(args);
    return { code, ...caught };
  } finally {
    [streams.stdout.write, streams.stderr.write] = writes;
  }
}
