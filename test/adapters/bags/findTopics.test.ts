import assert from 'node:assert/strict';
import type { BagTopic } from '../../../adapters/bags/Bag.ts';
import { findTopics, type TopicNeed } from '../../../adapters/bags/findTopics.ts';

const topic = (name: string, type: string): BagTopic => ({
  name,
  type,
  encoding: 'cdr',
  definition: undefined,
  count: 3,
  qosProfiles: '',
});
const topics = [
  topic('/arm1/joint_states', 'sensor_msgs/msg/JointState'),
  topic('/wrist/image', 'sensor_msgs/msg/CompressedImage'),
];
const joints: TopicNeed = {
  part: 'joints',
  topic: 'joint_states',
  types: ['sensor_msgs/msg/JointState'],
};
const camera: TopicNeed = {
  part: 'camera front',
  topic: 'camera/front/image_raw',
  types: ['sensor_msgs/msg/Image', 'sensor_msgs/msg/CompressedImage'],
};
const instruction: TopicNeed = {
  part: 'instruction',
  topic: 'instruction',
  types: ['std_msgs/msg/String'],
  isOptional: true,
};
const remaps = new Map([['camera/front/image_raw', '/wrist/image']]);

describe('findTopics', () => {
  it('finds what is needed by namespace and remap, and leaves out what may be missing', () => {
    const found = findTopics(topics, [joints, camera, instruction], { namespace: 'arm1', remaps });
    assert.ok(found.ok);
    assert.deepEqual(
      [...found.byPart].map(([part, { name }]) => [part, name]),
      [
        ['joints', '/arm1/joint_states'],
        ['camera front', '/wrist/image'],
      ],
    );
  });

  it('lists all that is missing, and what there is', () => {
    const found = findTopics(topics, [joints, camera, instruction]);
    assert.ok(!found.ok);
    assert.equal(
      found.reason,
      [
        'joints: no topic /joint_states (sensor_msgs/msg/JointState)',
        'camera front: no topic /camera/front/image_raw (sensor_msgs/msg/Image or sensor_msgs/msg/CompressedImage)',
        'the bag has',
        '  /arm1/joint_states  sensor_msgs/msg/JointState  3',
        '  /wrist/image        sensor_msgs/msg/CompressedImage  3',
      ].join('\n'),
    );
  });

  it('refuses a topic of another type, and remaps of nothing', () => {
    const wrong = new Map([
      ['joint_states', '/wrist/image'],
      ['joints', '/x'],
    ]);
    const found = findTopics(topics, [joints], { remaps: wrong });
    assert.ok(!found.ok);
    assert.match(
      found.reason,
      /expected sensor_msgs\/msg\/JointState, found sensor_msgs\/msg\/Comp/,
    );
    assert.match(found.reason, /no part reads "joints": expected joint_states/);
  });
});
