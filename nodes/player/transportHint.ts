/** A topic that is played, as it is published. */
export type PlayedImage = { readonly name: string; readonly type: string };

const COMPRESSED = 'sensor_msgs/msg/CompressedImage';
const RAW = 'sensor_msgs/msg/Image';
const SUFFIX = '/compressed';

/**
 * What to do about a camera that is not listened to, where its other transport is: a bag with JPEG, and a
 * perception that expects raw images, or the other way round.
 * @param isHeard whether a node listens to a topic of this name
 * @returns undefined where that is not the case
 */
export function transportHint(
  { name, type }: PlayedImage,
  isHeard: (topic: string) => boolean,
): string | undefined {
  const isCompressed = type === COMPRESSED;
  if ((!isCompressed && type !== RAW) || isHeard(name)) return undefined;
  const other = otherTransport(name, isCompressed);
  if (other === undefined || !isHeard(other)) return undefined;
  const [found, expected] = isCompressed ? ['compressed', 'raw'] : ['raw', 'compressed'];
  return (
    `${name} has ${found} images, but a node listens to ${expected} ones on ${other}: in the params_file of ` +
    `perception, give the camera the topic with${isCompressed ? '' : 'out'} ${SUFFIX} in cameras.topics ` +
    `and ${found} in cameras.transports`
  );
}

function otherTransport(name: string, isCompressed: boolean): string | undefined {
  if (!isCompressed) return name + SUFFIX;
  return name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : undefined;
}
