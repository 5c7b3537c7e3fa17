import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { policyXml } from '../../cli/security/policyXml.ts';
import { wheelsPython } from '../../cli/setup/wheelsStep.ts';
import { findRosSource } from '../../setup/rosSource.mjs';
import { allows, ddsAccessOf } from '../security/permissions.ts';
import { Peer } from './Peer.ts';
import { type NodeProcess, root, RosSession } from './RosSession.ts';
import {
  controllerArguments,
  given,
  perceptionArguments,
  policyArguments,
  simulatorArguments,
} from './widowx.ts';

const IPV4_LOOPBACK = '0100007F';

/** Local addresses of the sockets of a process, in the kernel's hexadecimal. */
function addressesOf(pid: number): string[] {
  const sockets = new Set(
    fs.readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
      const target = fs.readlinkSync(`/proc/${pid}/fd/${name}`, 'utf8');
      return /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? [];
    }),
  );
  return ['udp', 'udp6', 'tcp', 'tcp6'].flatMap((protocol) => {
    const lines = fs
      .readFileSync(`/proc/${pid}/net/${protocol}`, 'utf8')
      .trim()
      .split('\n')
      .slice(1);
    return lines.flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      return sockets.has(fields[9]!) ? [fields[1]!.split(':')[0]!] : [];
    });
  });
}

describe('what the nodes say and hear', function () {
  this.timeout(120_000);

  let session: RosSession;
  let peer: Peer;
  const nodes = new Map<string, NodeProcess>();
  before(async () => {
    session = await RosSession.open();
    const started: readonly (readonly [string, readonly string[]])[] = [
      ['perception', perceptionArguments],
      ['policy', [...policyArguments, ...given('isolation:=thread')]],
      ['controller', controllerArguments],
      ['simulator', simulatorArguments],
      ['supervisor', given('nodes:=[perception]', 'restart:=false')],
      ['recorder', given('cameras.topics:=[camera/front/image_raw]', 'cameras.transports:=[raw]')],
    ];
    for (const [name, args] of started) nodes.set(name, session.startNode(name, args));
    // With the settings that any program on this machine has.
    const { FASTRTPS_DEFAULT_PROFILES_FILE, FASTDDS_DEFAULT_PROFILES_FILE, ...plain } =
      session.environment;
    assert.ok(FASTRTPS_DEFAULT_PROFILES_FILE && FASTDDS_DEFAULT_PROFILES_FILE);
    const python = findRosSource(process.env).kind === 'wheels' ? wheelsPython : 'python3';
    peer = await Peer.start(python, [path.join(root, 'test', 'ros', 'peers', 'peer.py')], plain);
    for (const name of nodes.keys())
      await session.until(name, async () => (await peer.nodes()).includes(name), 60_000);
  });
  after(async () => {
    await peer?.close();
    await session.close();
  });

  const access = ddsAccessOf(policyXml(['/']));
  /** What other sinks, cameras and settings would use. */
  const optional =
    /clock|controller\/|commands|servo_node|cmd_pos|camera|_motor_|torque|_robot_info|operating_modes|discovery_info|gripper_cmd|parameter_events|episode_state|settled|get_type_description/;

  /** What a node says or hears and may not, and what it may and does not. */
  async function compare(node: string): Promise<{ refused: string[]; unused: string[] }> {
    const { publish, subscribe } = access.get(`/${node}`)!;
    const { publishers, subscriptions, services, clients } = await peer.endpoints(node);
    const published = [
      ...publishers.map((topic) => `rt${topic}`),
      ...services.map((service) => `rr${service}Reply`),
      ...clients.map((service) => `rq${service}Request`),
    ];
    const subscribed = [
      ...subscriptions.map((topic) => `rt${topic}`),
      ...services.map((service) => `rq${service}Request`),
      ...clients.map((service) => `rr${service}Reply`),
    ];
    const beyond = (used: readonly string[], allowed: readonly string[]) =>
      used.filter((topic) => !allows(allowed, topic));
    const idle = (allowed: readonly string[], used: readonly string[]) =>
      allowed.filter((rule) => !optional.test(rule) && !used.some((one) => allows([rule], one)));
    return {
      refused: [...beyond(published, publish), ...beyond(subscribed, subscribe)],
      unused: [...idle(publish, published), ...idle(subscribe, subscribed)],
    };
  }

  it('stays on this machine: every socket is bound to the loopback address', () => {
    for (const [name, { process: child }] of nodes) {
      const addresses = addressesOf(child.pid!);
      assert.ok(addresses.length > 0, name);
      assert.deepEqual(new Set(addresses), new Set([IPV4_LOOPBACK]), name);
    }
  });

  it('is heard by programs on this machine that have no settings of ours', async () => {
    await peer.watch('/joint_states', 'sensor_msgs/msg/JointState');
    await session.until('joint states', () => peer.last('/joint_states'));
  });

  for (const name of ['perception', 'policy', 'controller', 'simulator', 'recorder']) {
    it(`is no more and no less than the policy allows ${name}`, async () => {
      // Discovery tells of the endpoints one by one.
      const isComplete = async () => (await compare(name)).unused.length === 0;
      await session.until(`all of ${name}`, isComplete, 60_000).catch(() => undefined);
      assert.deepEqual(await compare(name), { refused: [], unused: [] });
    });
  }
});

describe('security that is asked for and cannot be had', () => {
  it('keeps a node from starting at all', async () => {
    const keystore = fs.mkdtempSync(path.join(os.tmpdir(), 'st4vla-no-keys-'));
    const session = await RosSession.open();
    const env = {
      ...session.environment,
      ROS_SECURITY_ENABLE: 'true',
      ROS_SECURITY_STRATEGY: 'Enforce',
      ROS_SECURITY_KEYSTORE: keystore,
    };
    const script = path.join(root, 'dist', 'nodes', 'controller', 'main.js');
    const args = [script, '--ros-args', ...controllerArguments];
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const [output, [code]] = await Promise.all([
      text(child.stderr),
      once(child, 'close') as Promise<[number | null]>,
      text(child.stdout),
    ]);
    assert.notEqual(code, 0);
    assert.match(output, /security|SECURITY/);
    await session.close();
    fs.rmSync(keystore, { recursive: true });
  });
});

describe('programs of an installed workspace', () => {
  const profileWith = (env: NodeJS.ProcessEnv): string => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'st4vla-installed-'));
    const bin = path.join(folder, 'lib', 'st4vla_ros');
    for (const one of [bin, path.join(folder, 'share', 'st4vla_ros'), path.join(folder, 'path')])
      fs.mkdirSync(one, { recursive: true });
    const script = fs.readFileSync(path.join(root, 'cmake', 'executable.sh.in'), 'utf8');
    fs.writeFileSync(path.join(bin, 'node'), script.replaceAll('@main@', 'main.js'));
    const fake = '#!/bin/sh\necho "$FASTRTPS_DEFAULT_PROFILES_FILE"\n';
    fs.writeFileSync(path.join(folder, 'path', 'node'), fake, { mode: 0o755 });
    const PATH = `${path.join(folder, 'path')}:/usr/bin:/bin`;
    const { stdout } = spawnSync('/bin/sh', [path.join(bin, 'node')], {
      env: { PATH, ...env },
      encoding: 'utf8',
    });
    fs.rmSync(folder, { recursive: true });
    return path.basename(stdout.trim());
  };

  const cases: readonly (readonly [NodeJS.ProcessEnv, string])[] = [
    [{}, 'fastdds.xml'],
    [{ ST4VLA_NETWORK: '0' }, 'fastdds.localhost.xml'], // as sim.launch.yaml sets it
    [{ ST4VLA_NETWORK: '1' }, 'fastdds.xml'],
    [{ ROS_AUTOMATIC_DISCOVERY_RANGE: 'LOCALHOST' }, 'fastdds.localhost.xml'],
    [{ ROS_LOCALHOST_ONLY: '1' }, 'fastdds.localhost.xml'],
    [{ FASTRTPS_DEFAULT_PROFILES_FILE: '/mine.xml', ST4VLA_NETWORK: '0' }, 'mine.xml'],
  ];
  for (const [env, profile] of cases)
    it(`use ${profile} with ${JSON.stringify(env)}`, () => assert.equal(profileWith(env), profile));
});
