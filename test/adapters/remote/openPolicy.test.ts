import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type WebSocket, WebSocketServer } from 'ws';
import {
  createPolicy,
  type LocalPolicy,
  type Policy,
} from '../../../adapters/model/createPolicy.ts';
import { ModelPackage } from '../../../adapters/model/ModelPackage.ts';
import { clientManifest } from '../../../adapters/remote/clientManifest.ts';
import { float32Array } from '../../../adapters/remote/NdArray.ts';
import { openPolicy, readOutline } from '../../../adapters/remote/openPolicy.ts';
import type { PolicyServer } from '../../../adapters/remote/PolicyServer.ts';
import { servePolicy } from '../../../adapters/remote/servePolicy.ts';
import { encodeFrame } from '../../../adapters/remote/wire.ts';
import type { FaultError } from '../../../core/config/Fault.ts';
import { TINY_MODEL, tinyObservation } from '../model/tinyModel.ts';

const INSTRUCTION = 'put the spoon on the towel';
const embodiment = { name: 'widowx', tickSec: 0.2 };

/** The manifest of a model that runs elsewhere, for the tiny one. */
function remoteManifest(url: string, spec: LocalPolicy['spec'], edits: object = {}): object {
  const { image, action } = spec;
  const { width, height, resample, views } = image;
  return {
    format_version: 1,
    name: 'tiny elsewhere',
    embodiments: {
      widowx: { statistics_key: 'tiny', ensemble_horizon: 2, gripper: 'binary' },
    },
    image: { width, height, resample, views },
    action: {
      horizon: action.horizon,
      prefix_rows: action.prefixRows,
      dim: 7,
      clip: action.clip,
      gripper_index: 6,
      gripper_threshold: action.gripperThreshold,
      gripper_convention: 'open_1',
      rotation: 'rotation_vector',
    },
    ensemble: { alpha: 0.1 },
    execution_horizon: 4,
    remote: {
      url,
      dialect: 'openpi',
      state: 'quaternion',
      image_keys: views.map((view) => `observation/${view}`),
      sends_tick: true,
      timeout_sec: 0.5,
      ...edits,
    },
  };
}

describe('openPolicy', () => {
  let local: LocalPolicy;
  let server: PolicyServer;
  let folder: string;
  const opened: Policy[] = [];

  before(async () => {
    const modelPackage = await ModelPackage.load(TINY_MODEL);
    local = await createPolicy(modelPackage, { embodiment, isolation: 'none' });
    const address = { host: '127.0.0.1', port: 0, tls: undefined, apiKey: undefined };
    server = await servePolicy(modelPackage, local, { ...address, robot: 'widowx' });
    folder = await mkdtemp(join(tmpdir(), 'st4vla-remote-'));
    await cp(join(TINY_MODEL, 'dataset_statistics.json'), join(folder, 'dataset_statistics.json'));
  });
  afterEach(async () => {
    for (const policy of opened.splice(0)) await policy.close();
  });
  after(async () => {
    await server.close();
    await local.close();
    await rm(folder, { recursive: true });
  });

  const write = (manifest: object) =>
    writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
  const open = async (manifest: object, reports: string[] = []) => {
    await write(manifest);
    const report = (message: string) => void reports.push(message);
    const policy = await openPolicy(folder, { embodiment, isolation: 'none', report });
    opened.push(policy);
    return policy;
  };
  const urlOf = (port: number) => `ws://127.0.0.1:${port}`;
  const actOf = async ({ planner, expert }: Policy, tick?: number) => {
    const observation = tinyObservation(1n);
    const { tokens } = await planner.plan(observation, INSTRUCTION, 1);
    return (await expert.act(observation, tokens, tick)).actions;
  };

  const dialects = ['openpi', 'starvla', 'internvla_m1'] as const;
  for (const dialect of dialects) {
    it(`acts as the model itself, through a server that speaks ${dialect}`, async () => {
      const key = local.arm.statisticsKey;
      const manifest = remoteManifest(urlOf(server.port), local.spec, { dialect });
      const arm = { statistics_key: key, ensemble_horizon: 2, gripper: 'binary' };
      const statistics = { file: 'dataset_statistics.json' };
      // The server turns rotations for clients of openpi only.
      const rotation = dialect === 'openpi' ? 'rotation_vector' : local.spec.action.rotation;
      const action = { ...(manifest as { action: object }).action, rotation };
      const policy = await open({ ...manifest, action, embodiments: { widowx: arm }, statistics });
      const observation = tinyObservation(1n);
      const { tokens } = await local.planner.plan(observation, INSTRUCTION, 1);
      const expected = (await local.createExpert().act(observation, tokens, 5)).actions;
      assert.deepEqual(await actOf(policy, 5), expected);
      assert.equal(policy.link!().fault, undefined);
    });
  }

  it('acts as the model itself with the manifest that its server writes for clients', async () => {
    const policy = await open(clientManifest(local, urlOf(server.port)));
    const observation = tinyObservation(1n);
    const { tokens } = await local.planner.plan(observation, INSTRUCTION, 1);
    const expected = (await local.createExpert().act(observation, tokens, 5)).actions;
    assert.deepEqual(await actOf(policy, 5), expected);
  });

  it('says what it needs around it without a connection', async () => {
    await write(remoteManifest('ws://127.0.0.1:1', local.spec));
    const { name, image } = await readOutline(folder);
    assert.equal(name, 'tiny elsewhere');
    assert.deepEqual(image.views, local.spec.image.views);
    assert.equal((await readOutline(TINY_MODEL)).name, local.spec.name);
  });

  it('refuses a server that is not there, with its address', async () => {
    const manifest = remoteManifest('ws://127.0.0.1:1', local.spec);
    await assert.rejects(open(manifest), /^Error: ws:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/);
  });

  it('names all that is wrong with a manifest at once', async () => {
    const edits = { url: 'http://user:pw@x', dialect: 'grpc', state: 'pose', timeout_sec: 0 };
    const manifest = remoteManifest('', local.spec, edits);
    await assert.rejects(open(manifest), (error: FaultError) => {
      const fields = error.faults.map(({ field }) => field);
      const parts = ['url', 'dialect', 'state', 'timeout_sec'];
      return parts.every((part) => fields.includes(`remote.${part}`));
    });
  });

  /** A server that behaves as `answer` says; undefined: it never answers. */
  const withServer = async (
    answer: (socket: WebSocket) => void,
    use: (port: number) => Promise<void>,
  ): Promise<void> => {
    const hostile = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(hostile, 'listening');
    hostile.on('connection', (socket) => {
      socket.send(encodeFrame({ hello: true }));
      socket.on('message', () => answer(socket));
    });
    try {
      await use((hostile.address() as AddressInfo).port);
    } finally {
      for (const socket of hostile.clients) socket.terminate();
      hostile.close();
    }
  };
  const chunk = (values: Float32Array, shape: number[]) =>
    encodeFrame({ actions: float32Array(values, shape) });
  const zeros = new Float32Array(16 * 7);

  const lies: [string, (socket: WebSocket) => void, RegExp][] = [
    ['hangs', () => undefined, /no answer within 0\.5 s/],
    ['closes', (socket) => socket.close(1001), /closed by the server \(1001\)/],
    ['dies', (socket) => socket.terminate(), /closed by the server/],
    ['says an error', (socket) => socket.send('Traceback\u001b[31m'), /Traceback\\x1b\[31m/],
    ['sends no MessagePack', (socket) => socket.send(Buffer.from([0xc1])), /cannot be read/],
    ['sends no map', (socket) => socket.send(encodeFrame([1])), /expected a map/],
    ['sends no actions', (socket) => socket.send(encodeFrame({})), /actions: expected an array/],
    [
      'sends NaN',
      (socket) =>
        socket.send(
          chunk(
            zeros.map(() => NaN),
            [16, 7],
          ),
        ),
      /finite/,
    ],
    ['sends another shape', (socket) => socket.send(chunk(zeros, [7, 16])), /floats \[16, 7\]/],
    ['sends too much', (socket) => socket.send(Buffer.alloc(17 << 20)), /Max payload/],
  ];
  for (const [name, answer, reason] of lies) {
    it(`gives the reason where the server ${name}, in bounded time`, () =>
      withServer(answer, async (port) => {
        const policy = await open(remoteManifest(urlOf(port), local.spec));
        await assert.rejects(actOf(policy), reason);
      }));
  }

  it('refuses at once while there is no connection, and acts again with the next one', async () => {
    let isHanging = true;
    const answer = (socket: WebSocket) => {
      if (!isHanging) socket.send(chunk(zeros, [16, 7]));
    };
    await withServer(answer, async (port) => {
      const reports: string[] = [];
      const policy = await open(remoteManifest(urlOf(port), local.spec), reports);
      await assert.rejects(actOf(policy), /no answer/);
      await assert.rejects(actOf(policy), /no answer/, 'at once, from the connection that failed');
      isHanging = false;
      while (policy.link!().fault !== undefined)
        await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal((await actOf(policy)).length, 16 * 7);
      assert.equal(policy.link!().reconnects, 1);
      assert.match(reports[0]!, /no answer within/);
      assert.match(reports[1]!, /connected again/);
    });
  });
});
