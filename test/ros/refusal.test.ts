import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type NodeProcess, RosSession } from './RosSession.ts';

const WAIT = { ST4VLA_ON_REFUSAL: 'wait' };
const WORDS = /^not started again: correct it, then start the launch again$/m;

describe('a node that refuses its configuration', () => {
  let session: RosSession;
  before(async () => (session = await RosSession.open()));
  after(() => session.close());

  const faults = {
    'a parameter': [['-p', 'robot:=r2d2'], {}, /robot: expected .*found.*r2d2/],
    'an argument of ROS': [['-r', 'a-b:=c'], {}, /a-b:=c/],
    'an environment without a ROS 2': [[], { AMENT_PREFIX_PATH: '' }, /AMENT_PREFIX_PATH/],
  } as const;
  for (const [what, [args, env, fault]] of Object.entries(faults)) {
    const start = (extra: NodeJS.ProcessEnv): NodeProcess =>
      session.startNode('perception', args, { ...env, ...extra });

    it(`ends with 2: ${what}`, async () => {
      const node = start({});
      assert.equal(await node.ended, 2, node.output());
      assert.match(node.output(), fault);
      assert.doesNotMatch(node.output(), WORDS);
    });

    it(`waits idly where it would be started again, and ends when it is told to: ${what}`, async () => {
      const node = start(WAIT);
      await session.until('the words', () => WORDS.test(node.output()));
      assert.match(node.output(), fault);
      const { pid } = node.process;
      const ticks = (): number => {
        const [, , ...fields] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(/\) | /);
        return Number(fields[11]) + Number(fields[12]);
      };
      const before = ticks();
      await new Promise((resolve) => setTimeout(resolve, 1000));
      assert.ok(ticks() - before < 20, 'a fifth of a core at most');
      assert.equal(node.process.exitCode, null);
      node.process.kill('SIGINT');
      assert.ok([2, 'SIGINT'].includes(await node.ended), node.output());
    });
  }
});
