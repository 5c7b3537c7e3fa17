import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../RosSession.ts';

const SOURCE = join(root, 'test', 'ros', 'faults', 'inject.c');

/** Sets the clock of some processes, and cuts them off from the network, while they run. */
export class Injection {
  readonly #folder: string;
  readonly #file: number;
  readonly #library: string;

  /** Compiles the library, with the C compiler that the set-up needs, too. */
  constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), 'st4vla-inject-'));
    this.#library = join(this.#folder, 'inject.so');
    const args = ['-shared', '-fPIC', '-O2', '-o', this.#library, SOURCE];
    const { status, stderr } = spawnSync('cc', args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`cc: ${stderr}`);
    this.#file = openSync(join(this.#folder, 'injection'), 'w+');
    this.#write(0, 0n);
    this.#write(8, 0n);
  }

  /** For processes that are to be disturbed. */
  get environment(): NodeJS.ProcessEnv {
    return { LD_PRELOAD: this.#library, ST4VLA_INJECT: join(this.#folder, 'injection') };
  }

  setClock(aheadSec: number): void {
    this.#write(0, BigInt(Math.round(aheadSec * 1e9)));
  }

  cutOff(isCutOff: boolean): void {
    this.#write(8, isCutOff ? 1n : 0n);
  }

  close(): void {
    closeSync(this.#file);
    rmSync(this.#folder, { recursive: true });
  }

  #write(position: number, value: bigint): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    writeSync(this.#file, bytes, 0, 8, position);
  }
}
