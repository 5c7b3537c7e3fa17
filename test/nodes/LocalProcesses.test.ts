import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostIdentity, startOfProcess } from '../../nodes/shared/process/processIdentity.ts';
import { LocalProcesses } from '../../nodes/supervisor/LocalProcesses.ts';
import { childrenOf } from '../ros/childProcesses.ts';
import { waitFor } from '../ros/waitFor.ts';

const NAMES = ['-r', '__node:=policy', '-r', '__ns:=/left'];
const beat = (pid: number, other: { node?: string; host?: string } = {}) => {
  const host = hostIdentity();
  return { node: '/left/policy', host, pid, periodSec: 0.2, isLeaving: false, ...other };
};

/**
 * This process stands for the launch, with a supervisor and nodes that do nothing but say that they
 * are there.
 */
describe('LocalProcesses', () => {
  const folder = mkdtempSync(join(tmpdir(), 'st4vla-processes-'));
  const nodesFolder = join(folder, 'nodes');
  const script = (kind: string) => join(nodesFolder, kind, 'main.js');
  const started: ChildProcess[] = [];
  let nowMs = 0;

  /** Starts a program and waits until it says something. */
  const start = async (program: string, ...args: string[]): Promise<ChildProcess> => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    started.push(child);
    await once(child.stdout, 'data');
    return child;
  };
  const startNode = (kind: string, ...args: string[]) =>
    start(process.execPath, script(kind), '--ros-args', ...args);
  /** In the place of a supervisor that `self` is. */
  const processesOf = (self: ChildProcess): LocalProcesses =>
    new LocalProcesses({ self: self.pid!, nodesFolder, nowMs: () => (nowMs += 1000) });

  before(() => {
    for (const kind of ['policy', 'supervisor']) {
      mkdirSync(join(nodesFolder, kind), { recursive: true });
      const text = "console.log('here'); setInterval(() => {}, 60_000); process.stdin.resume();";
      writeFileSync(script(kind), text);
    }
  });
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });
  after(() => rmSync(folder, { recursive: true }));

  it('proves a node of this launch, and ends it also when it is frozen', async () => {
    const processes = processesOf(await startNode('supervisor'));
    const policy = await startNode('policy', ...NAMES);
    const pid = policy.pid!;
    const proven = processes.prove(beat(pid));
    assert.deepEqual(proven, { node: '/left/policy', pid, start: startOfProcess(pid) });
    assert.ok(processes.isThere(proven));
    assert.deepEqual(processes.find('/left/policy'), proven);
    assert.equal(processes.find('/right/policy'), undefined);
    policy.kill('SIGSTOP');
    const ended = once(policy, 'exit');
    assert.equal(processes.end(proven), `process ${pid} was killed`);
    assert.deepEqual(await ended, [null, 'SIGKILL']);
    assert.equal(processes.isThere(proven), false);
    assert.equal(processes.find('/left/policy'), undefined);
    assert.equal(processes.end(proven), `process ${pid} has ended`);
    assert.equal(processes.prove(beat(pid)), undefined);
  });

  it('proves it through shells and other wrappers, on both sides', async () => {
    const line = (kind: string) =>
      `${process.execPath} ${script(kind)} --ros-args ${NAMES.join(' ')}; true`;
    const wrapped = (kind: string) => start('sh', '-c', `sh -c '${line(kind)}'; true`);
    const below = async ({ pid }: ChildProcess): Promise<number> => {
      const [child] = await childrenOf(pid!);
      const [node] = await childrenOf(child!.pid);
      return node!.pid;
    };
    const supervisor = await wrapped('supervisor');
    const node = await below(await wrapped('policy'));
    for (const self of [await below(supervisor), (await startNode('supervisor')).pid!]) {
      const processes = new LocalProcesses({ self, nodesFolder });
      assert.equal(processes.prove(beat(node))?.pid, node);
    }
    process.kill(node, 'SIGKILL');
    process.kill(await below(supervisor), 'SIGKILL');
  });

  it('proves nothing of what is no node, or another one', async () => {
    const processes = processesOf(await startNode('supervisor'));
    const other = await startNode('policy', '-r', '__node:=policy', '-r', '__ns:=/right');
    const tail = await start('tail', '-n', '1', '-f', script('policy'));
    const text = await start(
      process.execPath,
      '-e',
      'console.log(1); process.stdin.resume()',
      script('policy'),
      ...NAMES,
    );
    const policy = await startNode('policy', ...NAMES);
    for (const pid of [
      other.pid!,
      tail.pid!,
      text.pid!,
      process.pid,
      process.ppid,
      0,
      1,
      2 ** 32 - 1,
    ])
      assert.equal(processes.prove(beat(pid)), undefined, `process ${pid}`);
    assert.equal(processes.prove(beat(policy.pid!, { host: 'robot another-boot' })), undefined);
    assert.equal(processes.prove(beat(policy.pid!, { node: '/policy' })), undefined);
    assert.ok(processes.prove(beat(policy.pid!)));
  });

  it('proves nothing of what another launch has started', async () => {
    const launch = `
      const { spawn } = require('node:child_process');
      const run = (kind) => spawn(process.execPath, [kind, '--ros-args', ...${JSON.stringify(NAMES)}], { stdio: ['pipe', 'inherit', 'inherit'] });
      const children = [run(${JSON.stringify(script('supervisor'))}), run(${JSON.stringify(script('policy'))})];
      process.stdin.on('end', () => children.forEach((child) => child.kill('SIGKILL')));
      process.stdin.resume();`;
    const another = await start(process.execPath, '-e', launch);
    const [supervisor, policy] = await waitFor('both nodes', async () => {
      const children = await childrenOf(another.pid!);
      return children.length === 2 ? children.map(({ pid }) => pid) : undefined;
    });
    const processes = processesOf(await startNode('supervisor'));
    assert.equal(processes.prove(beat(policy!)), undefined);

    const own = new LocalProcesses({
      self: supervisor!,
      nodesFolder,
      nowMs: () => (nowMs += 1000),
    });
    const proven = await waitFor('the node in its own launch', () => own.prove(beat(policy!)));
    another.kill('SIGKILL');
    await once(another, 'exit');
    assert.match(own.end(proven), /is left as it is: nothing proves any more/);
    assert.ok(own.isThere(proven));
    for (const pid of [supervisor!, policy!]) process.kill(pid, 'SIGKILL');
  });

  it('looks at all processes no more often than it has to', async () => {
    let ms = 0;
    const self = await startNode('supervisor');
    const processes = new LocalProcesses({ self: self.pid!, nodesFolder, nowMs: () => ms });
    assert.equal(processes.prove(beat(self.pid!)), undefined);
    const policy = await startNode('policy', ...NAMES);
    ms = 100;
    assert.equal(processes.prove(beat(policy.pid!)), undefined, 'it has just looked');
    ms = 300;
    assert.equal(processes.prove(beat(policy.pid!))?.pid, policy.pid);
  });

  it('sees whether a main thread runs', async () => {
    const processes = processesOf(await startNode('supervisor'));
    const policy = await startNode('policy', ...NAMES);
    const proven = processes.prove(beat(policy.pid!))!;
    policy.kill('SIGSTOP');
    await waitFor('its stop', () => stateOf(policy.pid!) === 'T');
    const trace = processes.traceOf(proven);
    const sleeps = processes.sleepsOf(proven)!;
    assert.match(trace!, /^\d+ \d+ \d+/);
    assert.equal(processes.traceOf(proven), trace);
    policy.kill('SIGCONT');
    await waitFor('another trace', () => processes.traceOf(proven) !== trace);
    await waitFor('its sleep', () => processes.sleepsOf(proven)! > sleeps);
  });

  it('knows a process by its start, too', () => {
    assert.match(startOfProcess(process.pid)!, /^\d+$/);
    assert.notEqual(startOfProcess(process.pid), startOfProcess(1));
    assert.equal(startOfProcess(2 ** 30), undefined);
  });
});

function stateOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2)[0]!;
}
