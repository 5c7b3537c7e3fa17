import { printable, printableLines } from '../../core/text/printable.ts';

/** A topic as a bag describes it. */
export type BagTopic = {
  readonly name: string;
  /** As ROS 2 names it: `sensor_msgs/msg/Image`. */
  readonly type: string;
  /** How messages are encoded; only `cdr` is decoded. */
  readonly encoding: string;
  /** With all that it refers to; undefined where the bag does not have it. */
  readonly definition: BagDefinition | undefined;
  /** Number of messages, as far as the bag can be read. */
  readonly count: number;
  /** YAML, as rosbag2 writes it; empty where unknown. */
  readonly qosProfiles: string;
};

export type BagDefinition = { readonly encoding: string; readonly text: string };

export type BagMessage = {
  readonly topic: string;
  /** When it was received by the recorder. */
  readonly logNs: bigint;
  /** When it was sent, where the bag knows; else as `logNs`. */
  readonly publishNs: bigint;
  readonly bytes: Uint8Array;
};

export type ReadOptions = {
  /** All by default. */
  readonly topics?: readonly string[];
  /** By `logNs`, both included. */
  readonly fromNs?: bigint;
  readonly toNs?: bigint;
};

/** One file of a bag, or a whole bag of one or more files. */
export type BagReader = {
  readonly path: string;
  readonly topics: readonly BagTopic[];
  /** Of the first and last message; undefined if there is none. */
  readonly startNs: bigint | undefined;
  readonly endNs: bigint | undefined;
  /** What is wrong with the bag and was got over, in words; grows while it is read. */
  readonly notices: readonly string[];
  /** In the order of `logNs`, as far as the bag can be read; never throws for damage in the bag. */
  messages(options?: ReadOptions): AsyncGenerator<BagMessage, void, undefined>;
  close(): Promise<void>;
};

/** Of what is printed of a path, characters: as long as Linux lets it be. */
const MAX_PATH = 4096;

/** Nothing at all can be read of what was named; the message says why. */
export class BagError extends Error {
  constructor(path: string, reason: string) {
    super(`${printable(path, MAX_PATH)}: ${printableLines(reason)}`);
    this.name = 'BagError';
  }
}
