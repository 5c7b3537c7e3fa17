import assert from 'node:assert/strict';
import { FaultError, formatFault } from '../../../core/config/Fault.ts';
import {
  checkParameterChange,
  type Config,
  defineParameters,
  parseParameters,
} from '../../../core/config/ParameterTable.ts';
import { parameterMarkdown } from '../../../core/config/parameterMarkdown.ts';

const table = defineParameters({
  robot: { type: 'string', description: 'the arm', readOnly: true },
  sink: {
    type: 'string',
    oneOf: ['joint_trajectory', 'forward_command'],
    default: 'joint_trajectory',
    description: 'where commands go',
  },
  'planner.threads': { type: 'integer', default: 1, min: 1, max: 64, description: 'threads' },
  max_plan_age: { type: 'double', default: 2, min: 0, unit: 's', description: 'age | bound' },
  autostart: { type: 'bool', default: true, description: 'start at once' },
  cameras: { type: 'string[]', default: ['front'], minLength: 1, description: 'views' },
});
const options = { source: 'policy' };

describe('parseParameters', () => {
  it('gives the defaults and the set values in camelCase', () => {
    const result = parseParameters(table, { robot: 'widowx', 'planner.threads': 2n }, options);
    assert.ok(result.ok);
    const config: Config<typeof table> = result.config;
    const sink: 'joint_trajectory' | 'forward_command' = config.sink;
    assert.deepEqual(config, {
      robot: 'widowx',
      sink,
      plannerThreads: 2,
      maxPlanAge: 2,
      autostart: true,
      cameras: ['front'],
    });
  });

  it('lists every fault with key, expected and found value', () => {
    const values = new Map<string, unknown>([
      ['sink', 'serial'],
      ['planner.threads', 0],
      ['max_plan_age', Number.NaN],
      ['autostart', 'yes'],
      ['cameras', []],
      ['max_plan_agee', 3],
    ]);
    const result = parseParameters(table, values, options);
    assert.ok(!result.ok);
    assert.deepEqual(result.faults.map(formatFault), [
      'policy: robot: expected a string (it has no default), found nothing',
      'policy: sink: expected a string out of "joint_trajectory", "forward_command", found "serial"',
      'policy: planner.threads: expected an integer from 1 to 64, found 0',
      'policy: max_plan_age: expected a double of at least 0 (s), found NaN',
      'policy: autostart: expected a bool, found "yes"',
      'policy: cameras: expected a list of string, at least 1 elements, found []',
      'policy: max_plan_agee: expected one of the parameters ' +
        'robot, sink, planner.threads, max_plan_age, autostart, cameras, found "max_plan_agee"',
    ]);
  });

  it('leaves alone what it is told to ignore', () => {
    const values = { robot: 'widowx', use_sim_time: true };
    assert.ok(!parseParameters(table, values, options).ok);
    assert.ok(parseParameters(table, values, { ...options, ignore: ['use_sim_time'] }).ok);
  });

  it('reads typed arrays and refuses a fraction where an integer is expected', () => {
    const lists = defineParameters({
      joints: { type: 'double[]', description: 'angles', minLength: 2, maxLength: 2 },
      steps: { type: 'integer[]', description: 'counts' },
    });
    const good = parseParameters(
      lists,
      { joints: Float64Array.of(0.5, 1), steps: BigInt64Array.of(1n, 2n) },
      options,
    );
    assert.deepEqual(good, { ok: true, config: { joints: [0.5, 1], steps: [1, 2] } });
    const bad = parseParameters(lists, { joints: [1], steps: [1.5] }, options);
    assert.ok(!bad.ok);
    assert.deepEqual(
      bad.faults.map((fault) => fault.field),
      ['joints', 'steps'],
    );
  });
});

describe('a parameter that is a name of ROS 2', () => {
  const names = defineParameters({
    topics: { type: 'string[]', rosName: 'topic', description: 'topics' },
    each: { type: 'string', rosName: 'joint_topic', default: 'j/{joint}', description: 'one each' },
    prefix: { type: 'string', rosName: 'prefix', default: '', description: 'before names' },
  });

  it('is read where ROS takes it', () => {
    const values = { topics: ['a/b', '~/c', '/d'], each: '{joint}/cmd', prefix: '/wx250s/' };
    assert.deepEqual(parseParameters(names, values, options), { ok: true, config: values });
  });

  it('is refused with the rule where ROS does not', () => {
    const values = { topics: ['a', 'cam-1/image'], each: 'cmd', prefix: 'wx 250/' };
    const result = parseParameters(names, values, options);
    assert.ok(!result.ok);
    const rule = 'parts of letters, digits and _, none of which begins with a digit, between /';
    assert.deepEqual(result.faults.map(formatFault), [
      `policy: topics: expected a list of string: a name of ROS 2 (${rule}), found ["a","cam-1/image"]`,
      `policy: each: expected a string: a name of ROS 2 with {joint} (${rule}), found "cmd"`,
      `policy: prefix: expected a string: the beginning of a name of ROS 2 (${rule}), found "wx 250/"`,
    ]);
  });
});

describe('checkParameterChange', () => {
  it('allows values within bounds only, and none of what is fixed', () => {
    assert.equal(checkParameterChange(table, 'max_plan_age', 1, 'policy'), undefined);
    assert.match(checkParameterChange(table, 'max_plan_age', -1, 'policy')!.expected, /at least 0/);
    assert.match(checkParameterChange(table, 'robot', 'x', 'policy')!.expected, /no change/);
    assert.match(
      checkParameterChange(table, 'toString', 1, 'policy')!.expected,
      /one of the parameters/,
    );
  });
});

describe('defineParameters', () => {
  it('refuses a table that contradicts itself', () => {
    const description = 'x';
    assert.throws(
      () => defineParameters({ rate: { type: 'double', default: 0, min: 1, description } }),
      FaultError,
    );
    assert.throws(
      () =>
        defineParameters({
          'planner.age': { type: 'double', description },
          planner_age: { type: 'double', description },
        }),
      /a name other than that of planner.age/,
    );
    assert.throws(() => defineParameters({ maxAge: { type: 'bool', description } }), /snake_case/);
  });
});

describe('parameterMarkdown', () => {
  it('documents every parameter in one row', () => {
    const lines = parameterMarkdown(table).trimEnd().split('\n');
    assert.equal(lines.length, 2 + Object.keys(table).length);
    assert.equal(
      lines[4],
      '| `planner.threads` | integer | `1` |  | from 1 to 64 | yes | threads |',
    );
    assert.equal(lines[2], '| `robot` | string | – (required) |  |  | no | the arm |');
    assert.match(lines[5]!, /age \\\| bound/);
  });
});
