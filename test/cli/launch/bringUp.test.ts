import assert from 'node:assert/strict';
import fs from 'node:fs';
import 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { interpretLaunchFile } from '../../../cli/launch/interpretLaunchFile.ts';
import { policyXml } from '../../../cli/security/policyXml.ts';
import { formatFault } from '../../../core/config/Fault.ts';
import { parseParameters } from '../../../core/config/ParameterTable.ts';
import { embodimentByName } from '../../../core/embodiment/embodimentByName.ts';
import { packageRoot } from '../../../setup/paths.mjs';
import type { BridgedTopic } from '../../../sim/gazebo/gazeboBridge.ts';
import { commonParameters, nodeParameters } from '../../nodes/nodeParameters.ts';
import { ddsAccessOf } from '../../security/permissions.ts';
import { FOREIGN_LAUNCH_FILES, FOREIGN_NODES } from './foreignNodes.ts';
import { OF_EVERY_NODE, OUR_PACKAGE, resolve } from './startedNodes.ts';
import { broughtUp, cases } from './broughtUp.ts';

describe('bring-up', () => {
  const { folder, packages, plans, nodesOf } = broughtUp();

  it('has a case for every launch file, and for every camera and driver', () => {
    const listed = (name: string): string[] =>
      fs.readdirSync(path.join(packageRoot, 'launch', name)).filter((one) => one.endsWith('.yaml'));
    assert.deepEqual(new Set(listed('.')), new Set(cases.map(([file]) => file)));
    const given = (key: string, fallback: string): string[] =>
      cases
        .filter(([file]) => file === 'widowx.launch.yaml')
        .map(([, args]) => `${args[key] ?? fallback}.launch.yaml`);
    assert.deepEqual(new Set(listed('cameras')), new Set(given('camera', 'realsense')));
    assert.deepEqual(new Set(listed('drivers')), new Set(given('driver', 'xs_sdk')));
  });

  it('has no $(dirname), which ros2 launch loses after an include, and respawn as text', () => {
    const files = fs.readdirSync(path.join(packageRoot, 'launch'), { recursive: true });
    for (const file of files.map(String).filter((name) => name.endsWith('.yaml'))) {
      const text = fs.readFileSync(path.join(packageRoot, 'launch', file), 'utf8');
      assert.doesNotMatch(text, /\$\(dirname/, file);
      assert.doesNotMatch(text, /respawn: (true|false)/, file); // ros2 launch takes only text there
    }
  });

  for (const [file, args] of cases) {
    const words = Object.entries(args).map(([name, value]) => `${name}:=${value}`);
    describe([file, ...words].join(' '), () => {
      it('gives our nodes parameters that they have, and all that they need', () => {
        const ours = nodesOf(file, args).filter(({ program }) => program.startsWith(OUR_PACKAGE));
        assert.ok(ours.length > 0);
        for (const { program, parameters } of ours) {
          const table = { ...commonParameters, ...nodeParameters[program.split('/')[1]!]! };
          const options = { source: file, ignore: OF_EVERY_NODE };
          const result = parseParameters(table, parameters, options);
          assert.ok(result.ok, result.ok ? '' : result.faults.map(formatFault).join('\n'));
        }
      });

      it('gives other nodes parameters, remappings and arguments that they have', () => {
        for (const { program, parameters, remaps } of nodesOf(file, args)) {
          if (program.startsWith(OUR_PACKAGE)) {
            assert.deepEqual(
              [...remaps.keys()].filter((name) => !name.startsWith('__')),
              // a replay has a time of its own
              file.startsWith('replay') ? ['/clock'] : [],
            );
            continue;
          }
          const known = FOREIGN_NODES[program]!;
          for (const name of Object.keys(parameters))
            assert.ok(
              [...known.parameters, ...OF_EVERY_NODE].includes(name),
              `${program}: ${name}`,
            );
          for (const name of remaps.keys())
            assert.ok(
              name.startsWith('__') || known.publishes.includes(name),
              `${program}: ${name}`,
            );
        }
        for (const { command } of plans(file, args).filter(
          ({ command: [first] }) => first === 'ros2',
        )) {
          const [, , , included, ...given] = command;
          const known = FOREIGN_LAUNCH_FILES[path.relative(folder, included!)]!;
          for (const one of given) assert.ok(known.includes(one.split(':=')[0]!), one);
        }
      });

      it('brings the images that perception waits for, where it starts a camera', () => {
        const nodes = nodesOf(file, args);
        const perception = nodes.find(({ name }) => name === 'perception')!;
        const [topic] = perception.parameters['cameras.topics'] as string[];
        const cameras = nodes.filter(({ program }) => FOREIGN_NODES[program]?.publishes.length);
        for (const camera of cameras) {
          const published = FOREIGN_NODES[camera.program]!.publishes.map((one) =>
            resolve(camera.remaps.get(one) ?? one, camera),
          );
          assert.ok(published.includes(resolve(topic!, perception)), published.join(' '));
        }
        assert.equal(cameras.length, expectsCamera(file, args) ? 1 : 0);
      });
    });
  }

  it('starts the nodes again that end, and the supervisor with them, whatever moves the arm', () => {
    for (const [file, args] of cases) {
      const found = new Map(plans(file, args).map((plan) => [plan.label, plan]));
      for (const label of ['perception', 'policy', 'controller', 'supervisor']) {
        const { respawn, respawnDelaySec } = found.get(label)!;
        assert.deepEqual({ respawn, respawnDelaySec }, { respawn: true, respawnDelaySec: 0.5 });
      }
      const namespaces = new Set(
        nodesOf(file, args)
          .filter(({ name }) => /^(policy|supervisor)$/.test(name))
          .map(({ namespace }) => namespace),
      );
      assert.equal(namespaces.size, 1, file);
      assert.notEqual(found.get('player')?.respawn, true); // it ends with the bag, and the launch with it
    }
  });

  it('holds an arm of a replay and of a simulation apart from a real one', () => {
    for (const [file, args, expected] of [
      ['sim.launch.yaml', {}, ['simulated', false]],
      ['replay.launch.yaml', {}, ['recorded', false]],
      ['replay.launch.yaml', { onto_live_arm: 'true' }, ['recorded', true]],
      ['widowx.launch.yaml', {}, ['real', false]],
    ] as const) {
      const { parameters } = nodesOf(file, args).find(({ name }) => name === 'controller')!;
      assert.deepEqual([parameters['arm'], parameters['onto_live_arm']], expected, file);
    }
  });

  it('lets our nodes wait that ros2 launch would start again after they refused their configuration', () => {
    for (const [file, args] of cases)
      for (const { label, respawn, refusalExit, env } of plans(file, args)) {
        const waits = env['ST4VLA_ON_REFUSAL'] === 'wait';
        assert.equal(waits, respawn && refusalExit === 2, `${file}: ${label}`);
      }
  });

  it('starts the driver in the namespace of the nodes', () => {
    const [driver] = plans('widowx.launch.yaml', { namespace: 'left' });
    assert.equal(driver!.label, 'camera_front');
    const xs = plans('widowx.launch.yaml', { namespace: 'left' }).find(
      ({ label }) => label === 'xsarm_control',
    );
    assert.ok(xs?.command.includes('robot_name:=left'));
    assert.ok(xs?.command.includes('robot_model:=wx250s'));
  });

  it('gives no parameter an empty value, which YAML reads as none', () => {
    for (const [file, args] of cases)
      for (const { label, parameters } of plans(file, args))
        for (const source of parameters)
          if ('value' in source)
            assert.doesNotMatch(source.value, /^\s*(null|~)?\s*$/, `${label} ${source.name}`);
  });

  it('gives every part of a real arm the enclave of the security policy', () => {
    const access = ddsAccessOf(policyXml(['/left']));
    const args = { namespace: 'left', record: 'true' };
    const found = plans('widowx.launch.yaml', args).map(({ label, command, env }) => {
      const at = command.indexOf('--enclave');
      return [label, at < 0 ? env['ROS_SECURITY_ENCLAVE_OVERRIDE'] : command[at + 1]];
    });
    const nodes = ['perception', 'policy', 'controller', 'supervisor', 'recorder'];
    const expected = ['camera', 'driver', ...nodes];
    assert.deepEqual(
      found.map(([, enclave]) => enclave),
      expected.map((name) => `/left/${name}`),
    );
    for (const [label, enclave] of found) assert.ok(access.has(enclave!), label);
  });

  it('keeps the simulator to this machine, unless the network is asked for', () => {
    const launch = path.join(packageRoot, 'launch', 'sim.launch.yaml');
    for (const [env, expected] of [
      [{}, '0'],
      [{ ST4VLA_NETWORK: '1' }, '1'],
    ] as const)
      for (const plan of interpretLaunchFile(launch, new Map(), packages, env).processes)
        assert.equal(plan.env['ST4VLA_NETWORK'], expected, plan.label);
  });

  it('gives every node one clock', () => {
    for (const [file, args, expected] of [
      ['gazebo.launch.yaml', {}, true],
      ['sim.launch.yaml', {}, false],
      ['sim.launch.yaml', { use_sim_time: 'true' }, true],
      ['widowx.launch.yaml', {}, false],
    ] as const) {
      const ours = nodesOf(file, args).filter(({ program }) => program.startsWith(OUR_PACKAGE));
      for (const { name, parameters } of ours) {
        const ownTime = name === 'simulator' ? 'publish_clock' : 'use_sim_time';
        assert.equal(parameters[ownTime] ?? false, expected, name);
      }
    }
  });

  it('starts Gazebo with a world that is there, with a window or without', () => {
    for (const headless of ['true', 'false']) {
      const gazebo = plans('gazebo.launch.yaml', { headless }).find(
        ({ label }) => label === 'gz_sim',
      )!;
      const words = gazebo.command.find((one) => one.startsWith('gz_args:='))!.split(' ');
      assert.equal(words.includes('-s'), headless === 'true');
      assert.ok(fs.existsSync(words.at(-1)!), words.at(-1));
    }
  });

  it('lets the bridge of Gazebo carry what the nodes send and wait for', () => {
    const nodes = nodesOf('gazebo.launch.yaml', { namespace: 'arm1' });
    const bridge = nodes.find(({ name }) => name === 'gazebo_bridge')!;
    const file = String(bridge.parameters['config_file']);
    const topics = parse(fs.readFileSync(file, 'utf8')) as BridgedTopic[];
    const carried = (direction: string): string[] =>
      topics
        .filter((one) => one.direction === direction)
        .map((one) => resolve(one.ros_topic_name, bridge));
    const perception = nodes.find(({ name }) => name === 'perception')!;
    for (const topic of [...(perception.parameters['cameras.topics'] as string[]), 'joint_states'])
      assert.ok(carried('GZ_TO_ROS').includes(resolve(topic, perception)), topic);
    assert.ok(carried('GZ_TO_ROS').includes('/clock'));
    const controller = nodes.find(({ name }) => name === 'controller')!;
    const options = { source: 'launch', ignore: OF_EVERY_NODE };
    const table = { ...commonParameters, ...nodeParameters['controller']! };
    const config = parseParameters(table, controller.parameters, options);
    const pattern = String(config.ok && (config.config as Record<string, unknown>)['gzTopic']);
    const { armJoints, fingerJoints } = embodimentByName('widowx');
    const sent = [...armJoints, ...fingerJoints].map((joint) =>
      resolve(pattern.replace('{joint}', joint), controller),
    );
    assert.deepEqual(carried('ROS_TO_GZ').sort(), sent.sort());
  });
});

function expectsCamera(file: string, args: Readonly<Record<string, string>>): boolean {
  if (file === 'widowx.launch.yaml') return args['camera'] !== 'none';
  return file === 'google_robot.launch.yaml' && args['camera'] !== undefined;
}
