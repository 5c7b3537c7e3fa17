import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createPolicy, type LocalPolicy } from '../../../adapters/model/createPolicy.ts';
import { ModelPackage } from '../../../adapters/model/ModelPackage.ts';
import { type NdArray, numbersOf } from '../../../adapters/remote/NdArray.ts';
import type { PolicyServer } from '../../../adapters/remote/PolicyServer.ts';
import { servePolicy } from '../../../adapters/remote/servePolicy.ts';
import { encodeFrame, type WireValue } from '../../../adapters/remote/wire.ts';
import { ViewConverter } from '../../../core/image/ViewConverter.ts';
import { quatFromRollPitchYaw } from '../../../core/math/quat.ts';
import { TINY_MODEL } from '../model/tinyModel.ts';
import { type Answer, API_KEY, Client } from './PolicyClient.ts';

const INSTRUCTION = 'put the spoon on the towel';

const STATE = [0.25, 0, 0.125, 0, 0.5, 0, 1];

const SIZE = { width: 32, height: 24 };
const PIXELS = Uint8Array.from({ length: SIZE.width * SIZE.height * 3 }, (_, i) => (i * 7) % 251);
const PICTURE = { dtype: '|u1', shape: [SIZE.height, SIZE.width, 3], data: PIXELS };

const OPENPI = { 'observation/image': PICTURE, 'observation/state': STATE, prompt: INSTRUCTION };
const M1 = {
  batch_images: [[PICTURE]],
  instructions: [INSTRUCTION],
  state: STATE,
  request_id: 'a',
};
const STARVLA = { examples: [{ image: [PICTURE], lang: INSTRUCTION, state: STATE }] };

describe('PolicyServer', () => {
  let policy: LocalPolicy;
  let server: PolicyServer;
  const clients: Client[] = [];

  before(async () => {
    const modelPackage = await ModelPackage.load(TINY_MODEL);
    const embodiment = { name: 'widowx', tickSec: 0.2 };
    policy = await createPolicy(modelPackage, { embodiment, isolation: 'none', clock: () => 0 });
    const address = { host: '127.0.0.1', port: 0, tls: undefined };
    server = await servePolicy(modelPackage, policy, {
      ...address,
      apiKey: API_KEY,
      robot: 'widowx',
    });
  });
  afterEach(() => {
    for (const { socket } of clients.splice(0)) socket.terminate();
  });
  after(async () => {
    await server.close();
    await policy.close();
  });

  const connect = async (): Promise<Client> => {
    const client = new Client(server.port);
    clients.push(client);
    await client.next();
    return client;
  };

  /** What the policy itself gives for the request, as the first of an episode or a later one. */
  const expected = async (id = 1n) => {
    const image = new ViewConverter(policy.spec.image).convert({ ...SIZE, data: PIXELS });
    const baseFromEe = {
      position: [0.25, 0, 0.125],
      orientation: quatFromRollPitchYaw(0, 0.5, 0),
    } as const;
    const none = new Float64Array();
    const joints = { stampNs: 0n, names: [], positions: none, velocities: none };
    const views = [{ name: 'front', image, stampNs: 0n }];
    const observation = { id, stampNs: 0n, views, joints, baseFromEe, gripperOpening: 1 };
    const { tokens } = await policy.planner.plan(observation, INSTRUCTION, 1);
    return policy.createExpert().denoise(observation, tokens);
  };
  const actionsOf = (answer: Answer) => answer['actions'] as NdArray;
  const bits = (array: NdArray) => Float32Array.from(numbersOf(array));

  it('speaks first: what the model is', async () => {
    const client = new Client(server.port);
    clients.push(client);
    const metadata = await client.next();
    assert.equal(metadata['action_chunk_size'], policy.spec.action.horizon);
    assert.equal(metadata['default_unnorm_key'], policy.arm.statisticsKey);
  });

  it('gives clients of openpi the actions of the policy, to the last bit', async () => {
    const client = await connect();
    for (const id of [1n, 2n]) {
      const { actions } = (await expected(id)).chunk;
      const answer = await client.ask(OPENPI);
      assert.deepEqual(actionsOf(answer).shape, [16, 7]);
      assert.deepEqual(bits(actionsOf(answer)), actions);
    }
  });

  it('begins an episode again with another instruction', async () => {
    const client = await connect();
    const first = bits(actionsOf(await client.ask(OPENPI)));
    const second = bits(actionsOf(await client.ask(OPENPI)));
    await client.ask({ ...OPENPI, prompt: 'put the carrot on the plate' });
    assert.deepEqual(bits(actionsOf(await client.ask(OPENPI))), first);
    assert.notDeepEqual(second, first);
  });

  it('gives clients of InternVLA-M1 what the denoising gave', async () => {
    const client = await connect();
    const { data, ...rest } = await client.ask(M1);
    assert.deepEqual(rest, { status: 'ok', ok: true, type: 'inference_result', request_id: 'a' });
    const array = (data as { normalized_actions: NdArray }).normalized_actions;
    assert.deepEqual(array.shape, [1, 16, 7]);
    assert.deepEqual(bits(array), (await expected()).normalised);
    assert.deepEqual(await client.ask({ type: 'ping' }), { status: 'ok', ok: true, type: 'ping' });
  });

  it('gives clients of starVLA the units of the dataset, each of a batch its own episode', async () => {
    const client = await connect();
    const { examples } = STARVLA;
    const { data } = await client.ask({ examples: [...examples, ...examples] });
    const array = (data as { actions: NdArray }).actions;
    assert.deepEqual(array.shape, [2, 16, 7]);
    const numbers = bits(array);
    assert.deepEqual(numbers.subarray(0, 112), numbers.subarray(112));
    const { actions } = (await expected()).chunk;
    for (const column of [0, 1, 2]) assert.equal(numbers[column], actions[column]);
  });

  it('answers several clients as it answers one', async () => {
    const several = await Promise.all([connect(), connect(), connect()]);
    const answers = await Promise.all(several.map((client) => client.ask(OPENPI)));
    const { actions } = (await expected()).chunk;
    for (const answer of answers) assert.deepEqual(bits(actionsOf(answer)), actions);
  });

  const refusals: [string, WireValue, RegExp][] = [
    [
      'a picture of floats',
      {
        ...M1,
        batch_images: [
          [{ ...PICTURE, dtype: '<f4', shape: [1, 1, 3], data: PIXELS.subarray(0, 12) }],
        ],
      },
      /uint8 \[height, width, 3\]/,
    ],
    [
      'two pictures for one view',
      { ...M1, batch_images: [[PICTURE, PICTURE]] },
      /images: expected 1 \(front\), found 2/,
    ],
    ['no state', { ...M1, state: undefined }, /state: expected 7 finite numbers/],
    ['a state that is not finite', { ...M1, state: [NaN, 0, 0, 0, 0, 0, 0] }, /finite/],
    ['statistics of another dataset', { ...M1, unnorm_key: 'other' }, /unnorm_key: expected "/],
    ['an instruction without words', { ...M1, instructions: ['?!'] }, /instruction/],
    [
      'a batch larger than any',
      {
        ...M1,
        batch_images: Array(17).fill([PICTURE]),
        instructions: Array(17).fill(INSTRUCTION),
        state: Array(17).fill(STATE),
      },
      /at most 16/,
    ],
  ];
  for (const [name, message, reason] of refusals) {
    it(`refuses ${name}, and answers the next request`, async () => {
      const client = await connect();
      const answer = await client.ask(message);
      assert.equal(answer['ok'], false);
      assert.match((answer['error'] as { message: string }).message, reason);
      assert.equal((await client.ask(M1))['ok'], true);
    });
  }

  it('tells clients of openpi an error as a text, then closes with 1011', async () => {
    const client = await connect();
    client.send({ ...OPENPI, prompt: '' });
    assert.equal(await client.closed(), 1011);
    assert.match(client.texts[0]!, /^instruction: /);
  });

  it('closes on what is no message of a known client', async () => {
    for (const bytes of [Uint8Array.of(0xc1), encodeFrame([1]), encodeFrame({ hello: 1 })]) {
      const client = await connect();
      client.socket.send(bytes);
      assert.equal(await client.closed(), 1011);
    }
    const client = await connect();
    client.socket.send('text');
    assert.equal(await client.closed(), 1003);
  });

  it('computes the newest of several requests, and ends a flood', async () => {
    const client = await connect();
    for (const request_id of ['1', '2', '3']) client.send({ ...M1, request_id });
    const answers = [await client.next(), await client.next(), await client.next()];
    assert.deepEqual(
      answers.map(({ request_id, ok }) => [request_id, ok]),
      [
        ['1', true],
        ['2', false],
        ['3', true],
      ],
    );
    for (let i = 0; i < 20; i++) client.send(M1);
    assert.equal(await client.closed(), 1008);
  });

  it('goes on when a client leaves in the middle of its request', async () => {
    const leaving = await connect();
    leaving.send(OPENPI);
    leaving.socket.terminate();
    const client = await connect();
    assert.ok((await client.ask(OPENPI))['actions']);
  });

  it('refuses browsers, and clients without the key', async () => {
    const cases: [Record<string, string>, number][] = [
      [{ origin: 'http://127.0.0.1' }, 403],
      [{ authorization: 'Api-Key wrong' }, 401],
      [{ authorization: '' }, 401],
    ];
    for (const [headers, status] of cases) {
      const { socket } = new Client(server.port, headers);
      const [error] = (await once(socket, 'error')) as [Error];
      assert.match(error.message, new RegExp(`${status}`));
    }
  });

  it('answers /healthz, and nothing else', async () => {
    const url = `http://127.0.0.1:${server.port}`;
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
    assert.equal((await fetch(url)).status, 404);
  });
});
