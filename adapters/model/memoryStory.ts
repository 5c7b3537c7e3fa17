import { stat } from 'node:fs/promises';
import { weightBytes } from '../onnx/weightBytes.ts';

/**
 * What a process that dies again and again has to do with memory: what its graphs take, and what there is.
 * @param paths of its graphs
 * @param reason how it ended, e.g. `has ended (SIGKILL)`
 */
export async function memoryStory(paths: readonly string[], reason: string): Promise<string> {
  const sizes = await Promise.all(
    paths.map(async (path) => {
      const [graph, weights] = await Promise.all([stat(path), weightBytes(path)]);
      return graph.size + weights;
    }),
  ).catch(() => []);
  const needed = sizes.length === 0 ? '' : `its graphs alone take ${gigabytes(sum(sizes))}; `;
  const free = `${gigabytes(process.availableMemory())} of memory are free`;
  return reason.includes('SIGKILL')
    ? `the system ends a process so when memory runs out: ${needed}${free}. ` +
        'Give it more memory, end other programs, or take a smaller model'
    : `${needed}${free}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e8 ? 3 : 1)} GB`;
}
