import lz4 from '@foxglove/wasm-lz4';
import zstd from '@foxglove/wasm-zstd';

export type Decompress = (bytes: Uint8Array, size: bigint) => Uint8Array;

/** A chunk or message that claims to be larger than this is damaged. */
const MAX_SIZE = 1n << 29n;

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
    if (size > MAX_SIZE) throw new Error(`expected at most ${MAX_SIZE} bytes, found ${size}`);
    const result = decompress(bytes, Number(size));
    if (result.length === Number(size)) return result;
    throw new Error(`expected ${size} decompressed bytes, found ${result.length}`);
  };
}
