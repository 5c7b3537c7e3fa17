import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from '@foxglove/rosmsg';
import { MessageWriter } from '@foxglove/rosmsg2-serialization';
import { stringify } from 'yaml';
import { BagWriter } from '../../adapters/bags/BagWriter.ts';
import { episodeName } from '../../adapters/bags/episodeName.ts';
import { decodeCompressedImage } from '../../adapters/image/decodeCompressedImage.ts';
import { encodePng } from '../../adapters/image/encodeImage.ts';
import type { DatasetEpisode, DatasetReader } from '../../adapters/lerobot/DatasetReader.ts';
import { knownDefinition } from '../../adapters/messages/knownDefinition.ts';
import { printable } from '../../core/text/printable.ts';
import type { RgbImage } from '../../core/observation/Observation.ts';
import { actionChunkToMessage } from '../../adapters/messages/actionChunk.ts';
import { rgbImageToMessage } from '../../adapters/messages/observation.ts';
import { stampFromNs } from '../../adapters/messages/time.ts';
import { type ImportedPicture, type ImportedRow, importedRows, isCamera } from './importedRows.ts';

export type ImportOptions = {
  /** Holds a folder for each episode. */
  readonly out: string;
  /** Names of the joints in the order of the state, instead of those of the dataset. */
  readonly joints: readonly string[] | undefined;
  /** Pictures as they are stored, as compressed images, or decoded. */
  readonly images: 'as_stored' | 'raw';
};

type Messages = Readonly<Record<'instruction' | 'joints' | 'action', TopicOf>> & {
  readonly views: ReadonlyMap<string, TopicOf>;
};
type TopicOf = { readonly name: string; readonly type: string; readonly isLatched: boolean };

/** A bag that was written, and what of it is not as in the dataset. */
export type ImportedEpisode = {
  readonly folder: string;
  readonly frames: number;
  readonly notices: readonly string[];
};

/** Writes an episode of a dataset to a bag. @throws Error where it cannot; then no bag is left */
export async function importEpisode(
  dataset: DatasetReader,
  episode: DatasetEpisode,
  options: ImportOptions,
): Promise<ImportedEpisode> {
  const { info } = dataset;
  const isRaw = options.images === 'raw';
  const cameras = [...info.features].flatMap(([name, one]) => (isCamera(one) ? [name] : []));
  const views = viewNames(cameras);
  const messages = topicsOf(views, isRaw);
  const title = episode.notes.get('name');
  await mkdir(options.out, { recursive: true });
  let frames = 0;
  let bag: EpisodeBag | undefined;
  try {
    for await (const row of importedRows(dataset, episode, options.joints)) {
      if (!bag) {
        const name = episodeName(episode.index + 1, title ?? row.task);
        bag = await EpisodeBag.create(join(options.out, name), messages, 1 / info.fps);
      }
      await bag.add(row, isRaw);
      frames += 1;
    }
    if (!bag) throw new Error('no rows');
    await bag.close(episode.notes);
  } catch (error) {
    await bag?.discard();
    const { message } = error as Error;
    throw new Error(`episode ${episode.index}: ${message}`, { cause: error });
  }
  return { folder: bag.folder, frames, notices: noticesOf(views) };
}

/** The view of each camera, by its feature: a name that a topic of ROS 2 can have. */
function viewNames(features: readonly string[]): ReadonlyMap<string, string> {
  const views = new Map<string, string>();
  const taken = new Set<string>();
  for (const feature of features) {
    const plain = plainName(feature).replaceAll(/[^A-Za-z0-9_]/g, '_');
    // ROS 2 has no names with two underscores in a row, or with a digit in front.
    const valid = plain.replaceAll(/_{2,}/g, '_').replace(/^(?=\d)/, '_');
    let view = valid === '' || valid === '_' ? 'image' : valid;
    for (let i = 2; taken.has(view); i++) view = `${valid}_${i}`;
    taken.add(view);
    views.set(feature, view);
  }
  return views;
}

/** A camera's feature without LeRobot's prefix. */
function plainName(feature: string): string {
  return feature.replace(/^observation\.images?(\.|$)/, '') || 'image';
}

function noticesOf(views: ReadonlyMap<string, string>): readonly string[] {
  if (views.size === 0) return ['no feature of dtype image or video: imported without pictures'];
  return [...views]
    .filter(([feature, view]) => plainName(feature) !== view)
    .map(([feature, view]) => `${printable(feature)} is the view ${view}, as topics are named`);
}

function topicsOf(names: ReadonlyMap<string, string>, isRaw: boolean): Messages {
  const topic = (name: string, type: string, isLatched = false) => ({ name, type, isLatched });
  const views = [...names].map(([feature, view]) => {
    const base = `/camera/${view}/image_raw`;
    return [
      feature,
      isRaw
        ? topic(base, 'sensor_msgs/msg/Image')
        : topic(`${base}/compressed`, 'sensor_msgs/msg/CompressedImage'),
    ] as const;
  });
  return {
    instruction: topic('/instruction', 'std_msgs/msg/String', true),
    joints: topic('/joint_states', 'sensor_msgs/msg/JointState'),
    action: topic('/action_chunk', 'st4vla_ros/msg/ActionChunk'),
    views: new Map(views),
  };
}

/** The bag of one episode; every row is logged at the beginning of its tick. */
class EpisodeBag {
  readonly folder: string;
  readonly #bag: BagWriter;
  readonly #messages: Messages;
  readonly #tickSec: number;
  readonly #encoders = new Map<string, MessageWriter>();
  readonly #lastStampNs = new Map<string, bigint>();
  #task = '';
  #rows = 0n;

  private constructor(bag: BagWriter, messages: Messages, tickSec: number) {
    this.folder = bag.folder;
    this.#bag = bag;
    this.#messages = messages;
    this.#tickSec = tickSec;
  }

  static async create(folder: string, messages: Messages, tickSec: number): Promise<EpisodeBag> {
    const { views, ...others } = messages;
    const topics = [...Object.values(others), ...views.values()].map((topic) => ({
      ...topic,
      definition: knownDefinition(topic.type)!,
      qosProfiles: '',
    }));
    return new EpisodeBag(await BagWriter.create(folder, topics), messages, tickSec);
  }

  async add(row: ImportedRow, isRaw: boolean): Promise<void> {
    const { instruction, joints, action, views } = this.#messages;
    const { tickNs } = row;
    if (row.task !== this.#task || this.#rows === 0n) {
      this.#task = row.task;
      await this.#write(instruction, tickNs, { data: row.task });
    }
    const header = { stamp: stampFromNs(row.jointsNs), frame_id: '' };
    await this.#write(joints, tickNs, { header, ...row.joints });
    for (const [feature, topic] of views) {
      const { picture, stampNs } = row.pictures.get(feature)!;
      // A camera that is slower than the ticks was seen twice: it is one picture.
      if (this.#lastStampNs.get(feature) === stampNs) continue;
      this.#lastStampNs.set(feature, stampNs);
      await this.#write(topic, tickNs, await pictureMessage(picture, stampNs, isRaw));
    }
    await this.#write(action, tickNs, this.#actionMessage(row));
    this.#rows += 1n;
  }

  async close(notes: ReadonlyMap<string, string>): Promise<void> {
    const said = notes.get('success') ?? 'unknown';
    const facts = {
      instruction: this.#task,
      success: said,
      notes: notes.get('notes') ?? '',
      recorded_actions: notes.get('recorded_actions') ?? '',
    };
    await this.#bag.close({ name: 'st4vla_episode', entries: new Map(Object.entries(facts)) });
    if (this.#bag.error) throw this.#bag.error;
    const success = said === 'unknown' ? said : said === 'true';
    const text = stringify({ ...facts, success, messages: this.#bag.messageCount });
    await writeFile(join(this.folder, 'episode.yaml'), text);
  }

  /** Ends the bag and removes it. */
  async discard(): Promise<void> {
    await this.#bag.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** A chunk of the one action that was done. */
  #actionMessage({ action, tickNs }: ImportedRow) {
    const chunk = {
      id: this.#rows + 1n,
      observationId: this.#rows + 1n,
      stampNs: tickNs,
      planId: 0n,
      epoch: 0,
      planAgeSec: 0,
      controlPeriodSec: this.#tickSec,
      horizon: 1,
      dim: action.length,
      actions: action,
      latencySec: 0,
    };
    return actionChunkToMessage(chunk, '');
  }

  async #write({ name, type }: TopicOf, logNs: bigint, message: unknown): Promise<void> {
    let encoder = this.#encoders.get(type);
    if (!encoder) {
      encoder = new MessageWriter(parse(knownDefinition(type)!, { ros2: true }));
      this.#encoders.set(type, encoder);
    }
    const bytes = encoder.writeMessage(message);
    await this.#bag.write({ topic: name, logNs, publishNs: logNs, bytes });
  }
}

async function pictureMessage(picture: ImportedPicture, stampNs: bigint, isRaw: boolean) {
  if (isRaw) return rgbImageToMessage(await pixels(picture), stampNs, '');
  const data = picture instanceof Uint8Array ? picture : await encodePng(picture);
  const header = { stamp: stampFromNs(stampNs), frame_id: '' };
  return { header, format: data[0] === 0x89 ? 'png' : 'jpeg', data };
}

async function pixels(picture: ImportedPicture): Promise<RgbImage> {
  if (!(picture instanceof Uint8Array)) return picture;
  const decoded = await decodeCompressedImage(picture);
  if (decoded.ok) return decoded.image;
  throw new Error(`picture: ${decoded.fault.message}`);
}
