import assert from 'node:assert/strict';
import { parse } from '@foxglove/rosmsg';
import { MessageReader, MessageWriter } from '@foxglove/rosmsg2-serialization';
import { knownDefinition } from '../../adapters/messages/knownDefinition.ts';

describe('knownDefinition', () => {
  const prefixes = process.env['AMENT_PREFIX_PATH'];
  afterEach(() => {
    if (prefixes === undefined) delete process.env['AMENT_PREFIX_PATH'];
    else process.env['AMENT_PREFIX_PATH'] = prefixes;
  });

  it('names times as ROS 2 does, where no ROS is sourced too', () => {
    process.env['AMENT_PREFIX_PATH'] = '';
    for (const type of ['sensor_msgs/msg/JointState', 'trajectory_msgs/msg/JointTrajectory']) {
      const text = knownDefinition(type)!;
      assert.match(text, /^builtin_interfaces\/Time stamp$/m);
      assert.ok(!/^(time|duration)\b/m.test(text), text);
    }
    const trajectory = knownDefinition('trajectory_msgs/msg/JointTrajectory')!;
    assert.match(trajectory, /^builtin_interfaces\/Duration time_from_start$/m);
    const definition = parse(trajectory, { ros2: true });
    const time_from_start = { sec: 3, nanosec: 4 };
    const none = { positions: [], velocities: [], accelerations: [], effort: [] };
    const bytes = new MessageWriter(definition).writeMessage({
      header: { stamp: { sec: 1, nanosec: 2 }, frame_id: 'base' },
      joint_names: ['waist'],
      points: [{ ...none, time_from_start }],
    });
    const read = new MessageReader<{ points: { time_from_start: unknown }[] }>(definition);
    assert.deepEqual(
      { ...(read.readMessage(bytes).points[0]!.time_from_start as object) },
      time_from_start,
    );
  });

  it('defines all that a definition refers to, times as well', () => {
    for (const prefix of [prefixes ?? '', '']) {
      process.env['AMENT_PREFIX_PATH'] = prefix;
      for (const type of ['sensor_msgs/msg/Image', 'st4vla_ros/msg/SpatialPlan']) {
        const text = knownDefinition(type)!;
        assert.match(text, /^MSG: builtin_interfaces\/Time\n(#.*\n|\n)*int32 sec$/m);
      }
    }
  });

  it('does not know what nobody defines', () => {
    assert.equal(knownDefinition('nobody/msg/Knows'), undefined);
  });
});
