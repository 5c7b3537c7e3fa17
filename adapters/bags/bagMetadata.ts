import { parseYaml } from '../files/parseYaml.ts';

/** What a bag's metadata.yaml says of where its files are. */
export type BagMetadata = {
  /** As they are written there, in the order of time; `bagFile` finds them. */
  readonly files: readonly string[];
  /** Of the file's format: below 4, paths begin with the name of the bag's folder. */
  readonly version: number;
};

/**
 * Reads rosbag2's metadata.yaml, of any of its versions. How messages are compressed is told by
 * themselves.
 * @throws Error where it is not one
 */
export function parseBagMetadata(text: string): BagMetadata {
  const document = parseYaml(text) as Readonly<Record<string, unknown>> | null;
  const information = document?.['rosbag2_bagfile_information'];
  if (typeof information !== 'object' || information === null) {
    throw new Error('expected rosbag2_bagfile_information');
  }
  const { relative_file_paths: files, version } = information as Readonly<Record<string, unknown>>;
  if (!Array.isArray(files) || !files.every((file) => typeof file === 'string' && file !== '')) {
    throw new Error('relative_file_paths: expected a list of files');
  }
  if (files.length === 0) throw new Error('relative_file_paths: expected a list of files');
  return { files: files as string[], version: typeof version === 'number' ? version : 4 };
}
