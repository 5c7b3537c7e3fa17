import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { COMMAND_TOPICS, ENCLAVES } from '../../cli/security/enclaves.ts';
import { policyXml } from '../../cli/security/policyXml.ts';
import { packageRoot } from '../../setup/paths.mjs';
import { DebianTools } from '../description/DebianTools.ts';
import { makeKeystore } from './makeKeystore.ts';
import { allows, ddsAccessOf, type DdsAccess } from './permissions.ts';

const execute = promisify(execFile);
/** Never used by the other tests, which begin at 10 and go up. */
const DOMAIN = 5;
/** Those who may meet do so in a fraction of a second on a machine that is not busy. */
const STRANGERS_SEC = 3;

/** Who may publish a topic, or ask for a service, in an arm without a namespace. */
function publishersOf(topic: string, access = ddsAccessOf(policyXml(['/']))): string[] {
  return [...access].filter(([, { publish }]) => allows(publish, topic)).map(([path]) => path);
}

describe('the security policy', () => {
  // UPDATE_POLICY=1 npm test -- test/security/policy
  it('config/security/policy.xml is what `st4vla security` makes', () => {
    const file = path.join(packageRoot, 'config', 'security', 'policy.xml');
    const text = policyXml(['/']);
    if (process.env['UPDATE_POLICY'] === '1') fs.writeFileSync(file, text);
    assert.equal(fs.readFileSync(file, 'utf8'), text);
  });

  for (const topic of COMMAND_TOPICS) {
    it(`lets the controller alone publish ${topic}`, () =>
      assert.deepEqual(publishersOf(`rt/${topic.replace('*', 'waist')}`), ['/controller']));
  }

  for (const [topic, who] of [
    ['rt/action_chunk', ['/policy']],
    ['rt/epoch', ['/policy']],
    ['rt/observation', ['/perception']],
    ['rt/instruction', ['/operator']],
    ['rt/joint_states', ['/driver', '/simulator']],
    ['rq/execute_task/_action/send_goalRequest', ['/operator']],
    ['rq/controller/resumeRequest', ['/operator']],
    ['rq/controller/set_parametersRequest', ['/operator']],
    ['rq/torque_enableRequest', ['/controller']],
  ] as const) {
    it(`lets ${who.join(' and ')} alone publish ${topic}`, () =>
      assert.deepEqual(publishersOf(topic), who));
  }

  it('lets the controller and the recorder subscribe to all that the policy publishes on epochs', () => {
    for (const enclave of ['/controller', '/recorder']) {
      const { subscribe } = ddsAccessOf(policyXml(['/'])).get(enclave)!;
      for (const topic of ['rt/action_chunk', 'rt/epoch'])
        assert.ok(allows(subscribe, topic), `${enclave} ${topic}`);
    }
  });

  it('lets the simulator hear that the arm is told what to do, when an episode begins', () => {
    const { subscribe } = ddsAccessOf(policyXml(['/'])).get('/simulator')!;
    for (const topic of ['rt/instruction', 'rt/plan']) assert.ok(allows(subscribe, topic), topic);
  });

  it("keeps arms apart: no enclave of one may say anything on another one's topics", () => {
    const access = ddsAccessOf(policyXml(['/left', '/right']));
    const shared = /^r[tqr]\/(clock|rosout|parameter_events|diagnostics)|^ros_discovery_info$/;
    for (const [enclave, { publish, subscribe }] of access) {
      const own = enclave.startsWith('/left/') ? '/left/' : '/right/';
      const foreign = [...publish, ...subscribe].filter(
        (topic) => !topic.slice(2).startsWith(own) && !shared.test(topic),
      );
      assert.deepEqual(foreign, [], enclave);
    }
  });
});

describe('the security policy, signed and enforced by Fast DDS', function () {
  this.timeout(300_000); // installs and compiles on the first run

  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'st4vla-keys-'));
  const access = ddsAccessOf(policyXml(['/', '/arm1']));
  let program = '';
  let environment: NodeJS.ProcessEnv = {};
  before(async function () {
    const tools = await DebianTools.install();
    if (typeof tools === 'string') {
      process.stdout.write(`      skipped: ${tools}\n`);
      this.skip();
    }
    const source = path.join(packageRoot, 'test', 'security', 'try_dds.cpp');
    program = await tools.compile(source, /^libfast(rtps|cdr)\.so$/);
    environment = tools.environment;
    makeKeystore(path.join(folder, 'ours'), DOMAIN, access);
    makeKeystore(
      path.join(folder, 'foreign'),
      DOMAIN,
      new Map([['/policy', access.get('/policy')!]]),
    );
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  const keys = (enclave: string, keystore = 'ours'): string =>
    path.join(folder, keystore, 'enclaves', enclave);

  /** `met`, `strangers`, or `refused` where one of them may not even begin. */
  async function meet(
    topic: string,
    writer: string,
    reader: string,
    seconds = 20,
  ): Promise<string> {
    const args = [String(DOMAIN), 'meet', topic, writer, reader, String(seconds)];
    const run = execute(program, args, { env: environment });
    return (await run).stdout.trim();
  }

  /** Real names in place of expressions, from what any enclave may do. */
  const topics = [...access.values()]
    .flatMap(({ publish, subscribe }: DdsAccess) => [...publish, ...subscribe])
    .map((topic) => topic.replace('joint/*', 'joint/waist').replace('*', 'front'));
  const questions = [...new Set([...topics, 'rt/anything', 'rq/anythingRequest'])].flatMap(
    (topic) => [['publish', topic] as const, ['subscribe', topic] as const],
  );

  for (const { name } of ENCLAVES) {
    it(`allows ${name} what the policy says, and nothing else`, () => {
      const { publish, subscribe } = access.get(`/arm1/${name}`)!;
      const input = questions.map((question) => question.join(' ')).join('\n');
      const args = [String(DOMAIN), 'ask', keys(`/arm1/${name}`)];
      const answers = execFileSync(program, args, { input, env: environment, encoding: 'utf8' });
      const found = answers.trim().split('\n');
      const expected = questions.map(([verb, topic]) =>
        allows(verb === 'publish' ? publish : subscribe, topic) ? 'yes' : 'no',
      );
      const wrong = questions.filter((_, i) => found[i] !== expected[i]);
      assert.deepEqual(wrong, []);
      assert.ok(found.includes('yes') && found.includes('no'));
    });
  }

  it('lets policy and controller meet on chunks', async () =>
    assert.equal(await meet('rt/action_chunk', keys('/policy'), keys('/controller')), 'met'));

  it('keeps whoever has no key from the controller, in both directions', async () => {
    assert.equal(
      await meet('rt/action_chunk', '-', keys('/controller'), STRANGERS_SEC),
      'strangers',
    );
    assert.equal(
      await meet('rt/execution_state', keys('/controller'), '-', STRANGERS_SEC),
      'strangers',
    );
  });

  it('keeps keys of another authority from the controller', async () =>
    assert.equal(
      await meet('rt/action_chunk', keys('/policy', 'foreign'), keys('/controller'), STRANGERS_SEC),
      'strangers',
    ));

  it('refuses the operator who tries to command the arm', async () => {
    const topic = 'rt/arm_controller/joint_trajectory';
    assert.equal(await meet(topic, keys('/operator'), keys('/driver')), 'refused');
    assert.equal(await meet(topic, keys('/controller'), keys('/driver')), 'met');
  });

  it('refuses permissions that were changed after they were signed', async () => {
    const home = path.join(folder, 'forged');
    fs.cpSync(keys('/operator'), home, { recursive: true });
    const file = path.join(home, 'permissions.p7s');
    const text = fs.readFileSync(file, 'utf8');
    fs.writeFileSync(file, text.replaceAll('rt/instruction', 'rt/action_chunk'));
    assert.equal(await meet('rt/action_chunk', home, keys('/controller')), 'refused');
  });
});
