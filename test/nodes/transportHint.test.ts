import assert from 'node:assert/strict';
import { transportHint } from '../../nodes/player/transportHint.ts';

const RAW = 'sensor_msgs/msg/Image';
const COMPRESSED = 'sensor_msgs/msg/CompressedImage';
const raw = '/replay/camera/front/image_raw';
const compressed = `${raw}/compressed`;

describe('transportHint', () => {
  const hint = (name: string, type: string, heard: readonly string[]) =>
    transportHint({ name, type }, (topic) => heard.includes(topic));

  it('names the remedy where the other transport of a camera is listened to', () => {
    assert.match(
      hint(compressed, COMPRESSED, [raw]) ?? '',
      /compressed images.*raw ones on \/replay.*image_raw: .*with \/compressed in cameras.topics and compressed in/,
    );
    assert.match(
      hint(raw, RAW, [compressed]) ?? '',
      /raw images.*compressed ones on .*compressed: .*without \/compressed in cameras.topics and raw in/,
    );
  });

  it('says nothing where the camera is listened to, or neither transport, or it is no camera', () => {
    assert.equal(hint(compressed, COMPRESSED, [raw, compressed]), undefined);
    assert.equal(hint(raw, RAW, [raw]), undefined);
    assert.equal(hint(compressed, COMPRESSED, []), undefined);
    assert.equal(hint('/jpeg', COMPRESSED, ['/']), undefined);
    assert.equal(hint('/x', 'std_msgs/msg/String', ['/x/compressed']), undefined);
  });
});
