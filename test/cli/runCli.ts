import { run as runModel } from '../../cli/model.ts';

type Subcommand = (args: readonly string[]) => Promise<number>;

/** Runs `st4vla model …` and catches what it writes. */
export function runCli(...args: readonly string[]): Promise<{ code: number; out: string }> {
  return runCaught(runModel, args);
}

/** Runs a subcommand and catches what it writes. */
export async function runCaught(
  run: Subcommand,
  args: readonly string[],
): Promise<{ code: number; out: string }> {
  const streams = [process.stdout, process.stderr];
  const writes = streams.map((stream) => stream.write.bind(stream));
  let out = '';
  for (const stream of streams) {
    stream.write = (text: string | Uint8Array) => ((out += String(text)), true);
  }
  try {
    return { code: await run(args), out };
  } finally {
    streams.forEach((stream, i) => (stream.write = writes[i]!));
  }
}
