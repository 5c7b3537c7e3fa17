import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LaunchRunner } from '../../../cli/launch/LaunchRunner.ts';
import type { ProcessSpec } from '../../../cli/launch/ProcessSpec.ts';

function plan(label: string, script: string, changes: Partial<ProcessSpec> = {}): ProcessSpec {
  const env = { PATH: process.env['PATH'] ?? '' };
  const fixed = { cwd: undefined, output: 'screen', respawn: false, respawnDelaySec: 0 } as const;
  const command = [process.execPath, '-e', script];
  const own = { label, node: undefined, command, parameters: [], env, isRequired: false };
  return { ...own, ...fixed, ...changes };
}

/** Ends by itself on INT with the code 0, and says that it runs. */
const patient = `process.on('SIGINT', () => process.exit(0)); setInterval(() => {}, 1000); console.log('up')`;

describe('LaunchRunner', () => {
  const lines: string[] = [];
  let onLine: (line: string) => void = () => undefined;
  const write = (line: string): void => {
    lines.push(line);
    onLine(line);
  };
  beforeEach(() => {
    lines.length = 0;
    onLine = () => undefined;
  });

  it('marks the lines of each process and ends with 0 when all end well', async () => {
    const plans = [plan('one', `console.log('a')`), plan('two', `console.error('b')`)];
    assert.equal(await new LaunchRunner(plans, write).run(), 0);
    assert.ok(lines.includes('[one-1] a'));
    assert.ok(lines.includes('[two-2] b'));
  });

  it('shows of a process with output "log" only what went to stderr', async () => {
    const quiet = plan('q', `console.log('out'); console.error('err')`, { output: 'log' });
    await new LaunchRunner([quiet], write).run();
    assert.deepEqual(
      lines.filter((line) => line.startsWith('[q-1]')),
      ['[q-1] err'],
    );
  });

  it('ends with 1 when a process fails or does not exist', async () => {
    assert.equal(await new LaunchRunner([plan('bad', 'process.exit(3)')], write).run(), 1);
    const missing = plan('missing', '', { command: ['/no/such/program'] });
    assert.equal(await new LaunchRunner([missing], write).run(), 1);
  });

  it('stops all on stop()', async () => {
    const runner = new LaunchRunner([plan('a', patient), plan('b', patient)], write);
    let up = 0;
    onLine = (line) => {
      if (line.endsWith('up') && (up += 1) === 2) runner.stop();
    };
    assert.equal(await runner.run(), 0);
    assert.equal(lines.filter((line) => line.includes('ended (code 0)')).length, 2);
  });

  it('stops all when a required process ends', async () => {
    const required = plan('main', `setTimeout(() => process.exit(4), 300)`, { isRequired: true });
    assert.equal(await new LaunchRunner([plan('helper', patient), required], write).run(), 1);
  });

  it('starts a process again that is to be respawned', async () => {
    const runner = new LaunchRunner([plan('again', `console.log('up')`, { respawn: true })], write);
    let up = 0;
    onLine = (line) => {
      if (line.endsWith('up') && (up += 1) === 3) runner.stop();
    };
    await runner.run();
    assert.ok(up >= 3);
  });

  it('does not start again what refused its configuration, goes on with the others and ends with 1', async () => {
    const respawned = { respawn: true, refusalExit: 2 } as const;
    const refusing = plan('refusing', 'process.exit(2)', respawned);
    const crashing = plan('crashing', 'process.exit(3)', respawned);
    const runner = new LaunchRunner([refusing, crashing, plan('patient', patient)], write);
    let crashes = 0;
    onLine = (line) => {
      if (line.startsWith('[launch] crashing-2 ended') && (crashes += 1) === 3) runner.stop();
    };
    assert.equal(await runner.run(), 1);
    assert.equal(lines.filter((line) => line.includes('refusing-1 started')).length, 1);
    const said = lines.find((line) => line.includes('refusing-1 refused its configuration'));
    assert.match(said ?? '', /start the launch again$/);
    assert.ok(lines.includes('[launch] patient-3 ended (code 0)'));
  });

  it('ends with 1 where it is ended by what refused its configuration', async () => {
    const script = `process.on('SIGINT', () => process.exit(2)); setInterval(() => {}, 1000); console.log('up')`;
    const runner = new LaunchRunner([plan('player', script, { refusalExit: 2 })], write);
    onLine = (line) => line.endsWith('up') && runner.stop();
    assert.equal(await runner.run(), 1);
  });

  it('lets no process wait to whom the launch file says so for ros2 launch', async () => {
    const script = `console.log('does', process.env.ST4VLA_ON_REFUSAL)`;
    const env = { ST4VLA_ON_REFUSAL: 'wait' };
    await new LaunchRunner([plan('node', script, { env })], write).run();
    assert.ok(lines.includes('[node-1] does exit'), lines.join('\n'));
  });

  it('waits twice as long after each life that was short', async () => {
    const again = plan('again', `console.log('up')`, { respawn: true, respawnDelaySec: 0.1 });
    const runner = new LaunchRunner([again], write);
    const startsMs: number[] = [];
    let endMs = 0;
    const delaysMs: number[] = [];
    onLine = (line) => {
      if (line.includes(' ended ')) endMs = performance.now();
      if (!line.includes(' started ')) return;
      if (startsMs.push(performance.now()) > 1) delaysMs.push(performance.now() - endMs);
      if (startsMs.length === 5) runner.stop();
    };
    await runner.run();
    const least = [100, 200, 400, 800];
    delaysMs.forEach((ms, i) => assert.ok(ms > 0.95 * least[i]!, delaysMs.join(', ')));
  });

  it('hands parameters over as files, values after the file that they override', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'launch-params-'));
    const file = path.join(folder, 'base.yaml');
    const script = `
      const files = process.argv.slice(1).filter((a) => a !== '--params-file');
      console.log(JSON.stringify([files[0], require('fs').readFileSync(files[1], 'utf8')]))`;
    const command = [process.execPath, '-e', script, '--'];
    const parameters = [{ file }, { name: 'a.b', value: '2.5' }, { name: 'c', value: 'true' }];
    await new LaunchRunner([plan('p', '', { command, parameters })], write).run();
    const line = lines.find((text) => text.startsWith('[p-1]'))!;
    const [first, written] = JSON.parse(line.slice('[p-1] '.length)) as [string, string];
    assert.equal(first, file);
    assert.equal(written, '/**:\n  ros__parameters:\n    a.b: 2.5\n    c: true\n');
    fs.rmSync(folder, { recursive: true });
  });
});
