import { parse } from 'yaml';

/** What a bag's metadata.yaml says of how to read its files. */
export type BagMetadata = {
  /** Relative to the bag's folder, in the order of time. */
  readonly files: readonly string[];
  readonly compression: 'none' | 'message' | 'file';
};

/**
 * Reads rosbag2's metadata.yaml, of any of its versions.
 * @throws Error where it is not one
 */
export function parseBagMetadata(text: string): BagMetadata {
  const document = parse(text) as Readonly<Record<string, unknown>> | null;
  const information = document?.['rosbag2_bagfile_information'];
  if (typeof information !== 'object' || information === null) {
    throw new Error('expected rosbag2_bagfile_information');
  }
  const { relative_file_paths: files, compression_mode: mode } = information as Readonly<
    Record<string, unknown>
  >;
  if (!Array.isArray(files) || files.length === 0) {
    throw new Error('relative_file_paths: expected a list of files');
  }
  return { files: files.map(String), compression: compressionOf(mode) };
}

function compressionOf(mode: unknown): BagMetadata['compression'] {
  switch (typeof mode === 'string' ? mode.toUpperCase() : '') {
    case 'MESSAGE':
      return 'message';
    case 'FILE':
      return 'file';
    default:
      return 'none';
  }
}
