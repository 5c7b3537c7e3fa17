import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type WebSocket, WebSocketServer } from 'ws';
import { float32Array } from '../../adapters/remote/NdArray.ts';
import { encodeFrame } from '../../adapters/remote/wire.ts';
import {
  ExecutionWatch,
  HOLD_STARVED,
  isActing,
  type State,
  STOPPED,
} from './faults/ExecutionWatch.ts';
import { FaultTable } from './faults/FaultTable.ts';
import type { Peer } from './Peer.ts';
import { type NodeProcess, RosSession } from './RosSession.ts';
import { given, perceptionArgumentsFor, smallPicture } from './widowx.ts';

const ROWS = 16;
const MAX_BLIND_SEC = 1;
const TIMEOUT_SEC = 0.4;
const NAME = 'policy server';

/** 2 mm forward in each tick, with the gripper open. */
const honest = Float32Array.from({ length: ROWS * 7 }, (_, i) =>
  i % 7 === 0 ? 0.002 : i % 7 === 6 ? 1 : 0,
);

type Answer = (socket: WebSocket) => void;

const sendChunk = (values: Float32Array, shape = [ROWS, 7]): Answer => {
  const frame = encodeFrame({ actions: float32Array(values, shape) });
  return (socket) => socket.send(frame);
};
const answerHonestly = sendChunk(honest);
const lateBy = (ms: number): Answer => {
  return (socket) => setTimeout(() => answerHonestly(socket), ms);
};

/** A policy server that does what a test says. */
class ScriptedServer {
  answer: Answer = answerHonestly;
  readonly #server: WebSocketServer;

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on('connection', (socket) => {
      socket.send(encodeFrame({ name: 'scripted' }));
      socket.on('message', () => this.answer(socket));
      socket.on('error', () => undefined);
    });
  }

  static async start(port = 0): Promise<ScriptedServer> {
    const server = new WebSocketServer({ host: '127.0.0.1', port });
    await once(server, 'listening');
    return new ScriptedServer(server);
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** Ends as a process that is killed: all connections break. */
  async die(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

describe('faults of a policy server, with the policy behind a websocket', () => {
  const table = new FaultTable(NAME);
  const folder = mkdtempSync(join(tmpdir(), 'st4vla-remote-'));
  let server: ScriptedServer;
  let session: RosSession;
  let peer: Peer;
  let watch: ExecutionWatch;
  let policy: NodeProcess;

  before(async () => {
    server = await ScriptedServer.start();
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifestFor(server.port)));
    session = await RosSession.open({});
    const model = `model:=${folder}`;
    session.startNode('perception', [
      ...perceptionArgumentsFor('camera/front/image_raw', 'raw'),
      ...given(model),
    ]);
    const controller = [
      'sink:=joint_trajectory',
      `max_blind:=${MAX_BLIND_SEC}.0`,
      'stale_after:=1.0',
    ];
    session.startNode(
      'controller',
      given('robot:=widowx', 'diagnostics_period:=0.1', 'following.delay:=3.0', ...controller),
    );
    policy = session.startNode('policy', given('robot:=widowx', 'diagnostics_period:=0.1', model));
    peer = await session.startPeer();
    watch = await ExecutionWatch.start(session, peer);
    await peer.stream(
      'camera/front/image_raw',
      'sensor_msgs/msg/Image',
      smallPicture,
      20,
      'sensor',
    );
    await watch.ready();
    const data = 'put the spoon on the towel';
    await peer.publish('/instruction', 'std_msgs/msg/String', { data }, 'latched');
  });
  after(async () => {
    await session.close();
    await server.die();
    rmSync(folder, { recursive: true });
  });
  after(() => table.finish());

  const acts = (): Promise<State> => watch.until('motion', isActing, 40_000);
  const health = () => peer.diagnostic('/policy: model');
  beforeEach(acts);

  const recovery = 'by itself with the next answer';
  const starved = 'HOLD_STARVED, at the latest `max_blind` after the last observation';
  const holds: [string, string, () => Answer, RegExp][] = [
    ['hangs', 'no answer at all', () => () => undefined, /no answer within 0.4 s/],
    ['is slow', 'each answer after 1 s', () => lateBy(1000), /no answer within 0.4 s/],
    [
      'sends NaN',
      'NaN in every action',
      () => sendChunk(honest.map(() => NaN)),
      /expected finite numbers/,
    ],
    [
      'sends another shape',
      '[7, 16]',
      () => sendChunk(honest, [7, ROWS]),
      /expected floats \[16, 7\]/,
    ],
    [
      'sends texts',
      'a text for each request',
      () => (one) => one.send('no'),
      /the server says: no/,
    ],
  ];
  for (const [what, injected, lie, reason] of holds) {
    it(`the server ${what}`, async () => {
      server.answer = lie();
      await watch.until('the hold', ({ status }) => status === HOLD_STARVED);
      const blindSec = blindTime(watch.states);
      assert.ok(blindSec <= MAX_BLIND_SEC + 0.25, `${blindSec} s on one observation`);
      await session.until('the reason', () => reason.test(policy.output()));
      server.answer = answerHonestly;
      await acts();
      table.add({ fault: `the server ${what}`, injected, reaction: starved, recovery }, '–');
    });
  }

  it('an answer comes late, but in time', async () => {
    server.answer = lateBy(100);
    peer.forget('/execution_state');
    const end = performance.now() + 2000;
    await session.until('two seconds', () => performance.now() > end);
    assert.ok(isActing(watch.last!), watch.last!.reason);
    server.answer = answerHonestly;
    const fault = 'the server is late, within `remote.timeout_sec`';
    const reaction = 'none: rows of ticks that are over are dropped';
    table.add({ fault, injected: 'each answer after 0.1 s', reaction, recovery: '–' }, 'no hold');
  });

  it('the server is killed', async () => {
    const { port } = server;
    await server.die();
    await watch.until('the hold', ({ status }) => status === HOLD_STARVED);
    await session.until('the diagnostic', () =>
      String(health()?.message).startsWith('no connection to the policy server: '),
    );
    server = await ScriptedServer.start(port);
    await acts();
    const row = {
      fault: 'the server is killed',
      injected: 'all connections break, the port is closed',
    };
    table.add({ ...row, reaction: starved, recovery: 'by itself with the next server' }, '–');
  });

  it('a stop comes while the server hangs', async () => {
    server.answer = () => undefined;
    const sentSec = Date.now() / 1000;
    await peer.call('/controller/stop', 'std_srvs/srv/Trigger', {});
    await watch.until('STOPPED', ({ status }) => status === STOPPED);
    assert.ok(Date.now() / 1000 - sentSec < 2);
    server.answer = answerHonestly;
    await peer.call('/controller/resume', 'std_srvs/srv/Trigger', {});
    await acts();
    const row = { fault: 'a stop, while the server hangs', injected: '`~/stop`' };
    table.add({ ...row, reaction: 'STOPPED, as ever', recovery: '`~/resume`' }, '–');
  });
});

/** Seconds from the last observation that a command came from to the end of its execution. */
function blindTime(states: readonly State[]): number {
  const last = states.findLast(isActing);
  return last === undefined ? 0 : (last.row + 1) * 0.2;
}

function manifestFor(port: number): object {
  return {
    format_version: 1,
    name: 'scripted',
    embodiments: { widowx: { statistics_key: 'none', ensemble_horizon: 1, gripper: 'binary' } },
    image: { width: 16, height: 12, resample: 'area', views: ['front'] },
    action: {
      horizon: ROWS,
      dim: 7,
      clip: 1,
      gripper_index: 6,
      gripper_threshold: 0.5,
      gripper_convention: 'open_1',
      rotation: 'rotation_vector',
    },
    ensemble: { alpha: 0.1 },
    execution_horizon: 1,
    remote: {
      url: `ws://127.0.0.1:${port}`,
      dialect: 'openpi',
      state: 'none',
      image_keys: ['observation/image'],
      timeout_sec: TIMEOUT_SEC,
    },
  };
}
