import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import {
  BagError,
  type BagMessage,
  type BagReader,
  type BagTopic,
  type ReadOptions,
} from './Bag.ts';
import { decompressors } from './decompressors.ts';
import { LARGEST_CHUNK } from './mcapLimits.ts';
import { zstdContentSize } from './zstdContentSize.ts';

/** A file that was compressed as a whole, read from a temporary copy that goes when it is closed. */
export class UnpackedBag implements BagReader {
  readonly path: string;
  readonly topics: readonly BagTopic[];
  readonly startNs: bigint | undefined;
  readonly endNs: bigint | undefined;
  readonly #inner: BagReader;
  readonly #folder: string;

  private constructor(path: string, inner: BagReader, folder: string) {
    this.path = path;
    this.#inner = inner;
    this.#folder = folder;
    this.topics = inner.topics;
    this.startNs = inner.startNs;
    this.endNs = inner.endNs;
  }

  /**
   * @param ending of the packed file's name, `.zstd`
   * @param open opens the unpacked file
   * @throws BagError where it is damaged, or too large to be unpacked in memory
   */
  static async open(
    path: string,
    ending: string,
    open: (path: string) => Promise<BagReader>,
  ): Promise<UnpackedBag> {
    const bytes = await unpack(path);
    const folder = await mkdtemp(join(tmpdir(), 'st4vla-bag-'));
    try {
      const copy = join(folder, basename(path).slice(0, -ending.length));
      await writeFile(copy, bytes);
      return new UnpackedBag(path, await open(copy), folder);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      if (!(error instanceof Error)) throw error;
      throw new BagError(path, error.message.replaceAll(`${folder}/`, ''));
    }
  }

  get notices(): readonly string[] {
    return this.#inner.notices.map((notice) => notice.replaceAll(`${this.#folder}/`, ''));
  }

  messages(options?: ReadOptions): AsyncGenerator<BagMessage, void, undefined> {
    return this.#inner.messages(options);
  }

  async close(): Promise<void> {
    await this.#inner.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function unpack(path: string): Promise<Uint8Array> {
  const { size } = await stat(path);
  const remedy = `more than ${LARGEST_CHUNK} bytes: \`zstd -d ${path}\` unpacks it`;
  if (size > LARGEST_CHUNK) throw new BagError(path, remedy);
  const { zstd } = await decompressors();
  let content: bigint | undefined;
  try {
    const packed = await readFile(path);
    content = zstdContentSize(packed);
    if (content <= LARGEST_CHUNK) return zstd!(packed, content);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new BagError(path, `expected a whole zstd frame: ${error.message}`);
  }
  throw new BagError(path, remedy);
}
