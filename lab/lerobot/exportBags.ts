import { basename } from 'node:path';
import { BagError, type BagReader, type BagTopic } from '../../adapters/bags/Bag.ts';
import { messageDecoder } from '../../adapters/bags/MessageDecoder.ts';
import { openBag } from '../../adapters/bags/openBag.ts';
import { readEpisodeFacts } from '../../adapters/bags/readEpisodeFacts.ts';
import { encodePng } from '../../adapters/image/encodeImage.ts';
import type { Feature } from '../../adapters/lerobot/DatasetInfo.ts';
import { DatasetWriter, type RowPicture } from '../../adapters/lerobot/DatasetWriter.ts';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import type { UrdfModel } from '../../core/kinematics/UrdfModel.ts';
import { type ActionSource, RecordedActions } from '../../core/replay/RecordedActions.ts';
import { type CompressedImage, type Image, pixelsOf } from '../replay/readFrames.ts';
import { readMotion } from '../replay/readMotion.ts';
import { EpisodeTable, findTableTopics, type TableRow } from './EpisodeTable.ts';
import { COLUMNS, episodeFeatures, rowValues, type Sizes, viewColumn } from './episodeFeatures.ts';

export type ExportOptions = {
  readonly out: string;
  readonly embodiment: Embodiment;
  readonly urdf: UrdfModel;
  readonly namespace: string;
  readonly views: ReadonlyMap<string, string>;
  /** What actions are taken from; by default the best source that a bag has. */
  readonly source: ActionSource | undefined;
  readonly instruction: string | undefined;
};

export type ExportedEpisode = {
  readonly bag: string;
  readonly frames: number;
  readonly source: ActionSource;
  readonly notices: readonly string[];
};

/** Writes bags to one dataset, an episode each. */
export class BagExport {
  readonly #options: ExportOptions;
  #writer: DatasetWriter | undefined;
  #features: ReadonlyMap<string, Feature> = new Map();

  constructor(options: ExportOptions) {
    this.#options = options;
  }

  /** @throws BagError or Error where the bag lacks something, or is of another kind than the first */
  async add(path: string): Promise<ExportedEpisode> {
    const bag = await openBag(path);
    try {
      return await this.#addBag(bag);
    } finally {
      await bag.close();
    }
  }

  /** A bag has failed half way: what was written of it cannot be taken back. */
  get isBroken(): boolean {
    return this.#writer?.isInEpisode ?? false;
  }

  /** @throws Error where nothing was added */
  async close(): Promise<{ readonly episodes: number; readonly frames: number }> {
    if (!this.#writer) throw new Error('no episode could be exported');
    await this.#writer.close();
    return this.#writer;
  }

  async #addBag(bag: BagReader): Promise<ExportedEpisode> {
    const { embodiment, namespace, source, instruction } = this.#options;
    const found = findTableTopics(bag, namespace, this.#options.views);
    const { views: used, notices: unused } =
      this.#options.views.size > 0
        ? { views: found.views, notices: [] }
        : await usableViews(bag, found.views);
    const topics = { ...found, views: used };
    if (!topics.instruction && !topics.plan && instruction === undefined) {
      throw new Error(`${bag.path}: no instruction in this bag: give one with --instruction`);
    }
    const motion = await readMotion(bag, { ...this.#options, remaps: new Map() });
    const tickSec = motion.actionPeriodSec ?? embodiment.tickSec;
    const actions = new RecordedActions(motion, tickSec, source);
    const ticksNs = actions.ticks();
    const table = new EpisodeTable(bag, topics, instruction, tickSec);
    const facts = readEpisodeFacts(bag.path);
    const views = [...topics.views.keys()];
    let frames = 0;
    // The last row is marked as such: it is written when the next one turns out not to come.
    let waiting: PicturedRow | undefined;
    const write = async (row: PicturedRow, isLast: boolean) => {
      const success = isLast && facts.success === 'true';
      await this.#addRow(row, actions.at(row.tickNs)!, tickSec, { done: isLast, success });
      frames += 1;
    };
    for await (const row of withPictures(table.rows(ticksNs), views, table.maxAgeNs)) {
      if (waiting) await write(waiting, false);
      waiting = row;
    }
    if (waiting) await write(waiting, true);
    if (frames === 0)
      throw new Error(
        [`${bag.path}: no tick with pictures, joint states and actions`, ...table.notices].join(
          '\n',
        ),
      );
    this.#writer!.endEpisode({
      name: basename(bag.path).replace(/^\d+_/, ''),
      success: facts.success,
      notes: facts.notes,
      recorded_actions: facts.recordedActions || actions.source,
    });
    const notices = [...bag.notices, ...unused, ...table.notices];
    return { bag: bag.path, frames, source: actions.source, notices };
  }

  async #addRow(
    row: PicturedRow,
    action: Float32Array,
    tickSec: number,
    end: { readonly done: boolean; readonly success: boolean },
  ): Promise<void> {
    const { embodiment } = this.#options;
    const features = episodeFeatures(row, action, sizesOf(row.stored), embodiment);
    if (!this.#writer) {
      this.#features = features;
      this.#writer = await DatasetWriter.create(this.#options.out, {
        robotType: embodiment.name,
        fps: framesPerSecond(tickSec),
        features,
      });
    }
    requireSame(this.#features, features);
    const values = rowValues(row, action, this.#features, embodiment);
    for (const [view, picture] of row.stored) values.set(viewColumn(view), picture);
    values.set(COLUMNS.done, end.done).set(COLUMNS.success, end.success);
    await this.#writer.addRow({ task: row.instruction, values });
  }
}

type PicturedRow = TableRow & { readonly stored: ReadonlyMap<string, RowPicture> };

/**
 * Decodes the pictures; one that is damaged gives way to the one before, as in a live node, while that
 * is not too old.
 */
async function* withPictures(
  rows: AsyncIterable<TableRow>,
  views: readonly string[],
  maxAgeNs: bigint,
): AsyncGenerator<PicturedRow, void, undefined> {
  let before: PicturedRow | undefined;
  const seenNs = new Map<string, bigint>();
  for await (const row of rows) {
    const stored = new Map<string, RowPicture>();
    const pictures = [...row.pictures];
    for (const [i, view] of views.entries()) {
      const own = await storedPicture(row.pictures[i]!);
      if (own) seenNs.set(view, row.tickNs);
      const isOld = row.tickNs - (seenNs.get(view) ?? 0n) > maxAgeNs;
      const picture = own ?? before?.stored.get(view);
      if (!picture || isOld) break;
      if (picture === before?.stored.get(view)) pictures[i] = before.pictures[i]!;
      stored.set(view, picture);
    }
    if (stored.size < views.length) continue;
    before = { ...row, pictures, stored };
    yield before;
  }
}

/** JPEG and PNG are kept byte for byte; raw pictures become PNG. Undefined for a damaged one. */
async function storedPicture({
  type,
  message,
}: TableRow['pictures'][number]): Promise<RowPicture | undefined> {
  const decoded = await pixelsOf(type, message);
  if (!decoded.ok) return undefined;
  const { image: pixels } = decoded;
  const isRaw = type === 'sensor_msgs/msg/Image';
  return { pixels, bytes: isRaw ? await encodePng(pixels) : (message.data as Uint8Array) };
}

/** Of a topic, as many of its first pictures as tell whether any can be used. */
const TRIED_PICTURES = 10;

/**
 * Views without those of topics of which no picture decodes, as of depth.
 * @throws BagError where none is left, with the reasons
 */
async function usableViews(
  bag: BagReader,
  views: ReadonlyMap<string, BagTopic>,
): Promise<{ readonly views: ReadonlyMap<string, BagTopic>; readonly notices: readonly string[] }> {
  const usable = new Map<string, BagTopic>();
  const notices: string[] = [];
  for (const [view, topic] of views) {
    const reason = await pictureFault(bag, topic);
    if (reason === undefined) usable.set(view, topic);
    else notices.push(`${topic.name} is no view: ${reason}`);
  }
  if (usable.size > 0) return { views: usable, notices };
  throw new BagError(
    bag.path,
    ['no pictures that can be used (--view names one)', ...notices].join('\n'),
  );
}

/** Why none of a topic's first pictures decodes; undefined where one does. */
async function pictureFault(bag: BagReader, topic: BagTopic): Promise<string | undefined> {
  const decoding = messageDecoder<Image | CompressedImage>(topic);
  if (!decoding.ok) return decoding.reason;
  let [tried, reason] = [0, 'no pictures'];
  for await (const { bytes } of bag.messages({ topics: [topic.name] })) {
    try {
      const decoded = await pixelsOf(topic.type, decoding.decode(bytes));
      if (decoded.ok) return undefined;
      reason = decoded.fault.message;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      reason = error.message;
    }
    tried += 1;
    if (tried === TRIED_PICTURES) break;
  }
  return reason;
}

function sizesOf(pictures: ReadonlyMap<string, RowPicture>): Sizes {
  return new Map([...pictures].map(([view, { pixels }]) => [view, pixels]));
}

/** All rows of a dataset have the same columns. */
function requireSame(
  expected: ReadonlyMap<string, Feature>,
  found: ReadonlyMap<string, Feature>,
): void {
  for (const [name, feature] of expected) {
    const [a, b] = [JSON.stringify(feature), JSON.stringify(found.get(name)) ?? 'nothing'];
    if (a !== b) throw new Error(`${name}: expected ${a} as in the first episode, found ${b}`);
  }
}

function framesPerSecond(tickSec: number): number {
  const fps = 1 / tickSec;
  return Math.abs(fps - Math.round(fps)) < 1e-4 ? Math.round(fps) : fps;
}
