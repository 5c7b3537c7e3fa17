import lz4 from '@foxglove/wasm-lz4';
import zstd from '@foxglove/wasm-zstd';
import { LARGEST_CHUNK } from './mcapLimits.ts';

export type Decompress = (bytes: Uint8Array, size: bigint) => Uint8Array;

let loaded: Promise<Readonly<Record<string, Decompress>>> | undefined;

/** What decompresses chunks, by MCAP's names of the compressions. */
export function decompressors(): Promise<Readonly<Record<string, Decompress>>> {
  loaded ??= Promise.all([zstd.isLoaded, lz4.isLoaded]).then(() => ({
    zstd: bounded(zstd.decompress),
    lz4: bounded(lz4),
  }));
  return loaded;
}

function bounded(decompress: (bytes: Uint8Array, size: number) => Uint8Array): Decompress {
  return (bytes, size) => {
    if (size > LARGEST_CHUNK) {
      throw new Error(`expected at most ${LARGEST_CHUNK} bytes, found ${size}`);
    }
    const result = decompress(bytes, Number(size));
    if (result.length === Number(size)) return result;
    throw new Error(`expected ${size} decompressed bytes, found ${result.length}`);
  };
}
