import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { hostIdentity, startOfProcess } from '../../nodes/shared/processIdentity.ts';
import { LocalProcesses } from '../../nodes/supervisor/LocalProcesses.ts';

const beat = (pid: number, host = hostIdentity()) => {
  return { node: '/policy', host, pid, periodSec: 0.2, isLeaving: false };
};

/** A process that does nothing for a minute. */
function start() {
  const child = spawn(process.execPath, ['--eval', 'setTimeout(() => {}, 60_000)']);
  const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  return { pid: child.pid!, ended, child };
}

describe('LocalProcesses', () => {
  it('ends a process that is frozen', async () => {
    const processes = new LocalProcesses();
    const { pid, ended } = start();
    processes.see(beat(pid));
    process.kill(pid, 'SIGSTOP');
    assert.equal(processes.kill(hostIdentity(), pid), `process ${pid} was killed`);
    assert.equal(await ended, 'SIGKILL');
    processes.see(beat(pid));
    assert.equal(processes.kill(hostIdentity(), pid), `process ${pid} has ended`);
  });

  it('leaves alone what runs elsewhere, and what it has not heard of', async () => {
    const processes = new LocalProcesses();
    const { pid, ended, child } = start();
    processes.see(beat(pid, 'robot another-boot'));
    assert.equal(processes.kill('robot another-boot', pid), 'it runs elsewhere (robot)');
    assert.equal(processes.kill(hostIdentity(), pid), `process ${pid} has ended`);
    child.kill('SIGTERM');
    assert.equal(await ended, 'SIGTERM', 'it lived until now');
  });

  it('knows a process by its start, too', () => {
    assert.match(startOfProcess(process.pid)!, /^\d+$/);
    assert.notEqual(startOfProcess(process.pid), startOfProcess(process.ppid));
    assert.equal(startOfProcess(2 ** 30), undefined);
  });
});
