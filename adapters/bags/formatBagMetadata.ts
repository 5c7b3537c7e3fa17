import { stringify } from 'yaml';

/** A topic of a bag that is being written. */
export type WrittenTopic = {
  readonly name: string;
  readonly type: string;
  /** With all that it refers to, in the form of .msg files. */
  readonly definition: string;
  /** YAML, as rosbag2 writes it up to version 8 of metadata.yaml; may be empty. */
  readonly qosProfiles: string;
  /** A late subscriber needs the last message: every file of the bag begins with it. */
  readonly isLatched: boolean;
};

export type WrittenFile = {
  readonly name: string;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly messageCount: number;
};

/**
 * Version 5, of Humble: the newest that all from Humble to Kilted read. What came later
 * (type hashes, custom data) is not needed for MCAP.
 */
const VERSION = 5;

/** rosbag2's metadata.yaml of an MCAP bag. */
export function formatBagMetadata(
  topics: readonly WrittenTopic[],
  counts: ReadonlyMap<string, number>,
  files: readonly WrittenFile[],
  rosDistro?: string,
): string {
  const written = files.filter(({ messageCount }) => messageCount > 0);
  const startNs = written.reduce((least, { startNs: a }) => (a < least ? a : least), FAR);
  const endNs = written.reduce((most, { endNs: a }) => (a > most ? a : most), 0n);
  const information = {
    version: VERSION,
    storage_identifier: 'mcap',
    ...timeSpan(written.length === 0 ? 0n : startNs, endNs),
    message_count: files.reduce((sum, { messageCount }) => sum + messageCount, 0),
    topics_with_message_count: topics.map(({ name, type, qosProfiles }) => ({
      topic_metadata: {
        name,
        type,
        serialization_format: 'cdr',
        offered_qos_profiles: qosProfiles,
      },
      message_count: counts.get(name) ?? 0,
    })),
    compression_format: '',
    compression_mode: '',
    relative_file_paths: files.map(({ name }) => name),
    files: files.map(({ name, messageCount, ...span }) => ({
      path: name,
      ...timeSpan(span.startNs, span.endNs),
      message_count: messageCount,
    })),
    ...(rosDistro ? { ros_distro: rosDistro } : {}),
  };
  return stringify({ rosbag2_bagfile_information: information }, { lineWidth: 0 });
}

const FAR = (1n << 63n) - 1n;

function timeSpan(startNs: bigint, endNs: bigint) {
  return {
    duration: { nanoseconds: endNs - startNs },
    starting_time: { nanoseconds_since_epoch: startNs },
  };
}
