import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const KIB = 1024;
const SIZE_KIB = 256;

export type SmallDisk = {
  readonly folder: string;
  /** What a program has to be started by to have no more than this disk. */
  readonly prefix: readonly string[];
  /** What a full disk is called. */
  readonly fault: RegExp;
  /** Nothing more can be written to it; true where the disk is full or was filled. */
  fill(): void;
  close(): void;
};

/**
 * A folder in which there is room for 256 KiB: a file system of its own where we may mount one
 * (as root), else a limit on the size of each file, which fails in the same calls.
 */
export function smallDisk(): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'st4vla-disk-'));
  const options = ['-t', 'tmpfs', '-o', `size=${SIZE_KIB}k`, 'tmpfs', folder];
  if (spawnSync('mount', options).status === 0) {
    return {
      folder,
      prefix: [],
      fault: /ENOSPC/,
      fill: () => {
        const { bavail, bsize } = statfsSync(folder);
        writeFileSync(join(folder, 'filling'), Buffer.alloc(bavail * bsize));
      },
      close: () => {
        spawnSync('umount', ['-l', folder]);
        rmSync(folder, { recursive: true });
      },
    };
  }
  // In blocks of 512 bytes, as POSIX has it.
  const limit = `ulimit -f ${(SIZE_KIB * KIB) / 512}; exec "$0" "$@"`;
  return {
    folder,
    prefix: ['sh', '-c', limit],
    fault: /EFBIG/,
    fill: () => undefined,
    close: () => rmSync(folder, { recursive: true }),
  };
}
