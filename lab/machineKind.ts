import { readFileSync } from 'node:fs';
import { arch, cpus } from 'node:os';

/** What ONNX Runtime chooses its kernels by: with other ones, sums are rounded otherwise. */
const VECTOR_EXTENSIONS: ReadonlySet<string> = new Set(
  (
    'avx avx2 fma avx_vnni avx512f avx512bw avx512_vnni avx512_bf16 amx_int8 amx_bf16 ' +
    'asimddp asimdhp bf16 i8mm sve sve2'
  ).split(' '),
);

/**
 * The kind of processor, as far as it decides the last bits of a network's output: the name alone
 * does not, since virtual machines show several generations under one.
 *
 * @param cpuInfo text of /proc/cpuinfo; if there is none, the name has to do
 */
export function machineKind(cpuInfo = readCpuInfo()): string {
  const name = cpus()[0]?.model.trim() ?? 'unknown processor';
  const flags = /^(?:flags|Features)\s*:(.*)$/m.exec(cpuInfo)?.[1] ?? '';
  const extensions = flags.split(/\s+/).filter((flag) => VECTOR_EXTENSIONS.has(flag));
  return [arch(), name, ...extensions.sort()].join(', ');
}

function readCpuInfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
