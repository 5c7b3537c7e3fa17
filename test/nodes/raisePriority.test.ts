import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

type Scheduling = { readonly fault: string | undefined; readonly threads: readonly Thread[] };
/** Policy 0 is the ordinary one, 2 is SCHED_RR. */
type Thread = { readonly policy: number; readonly realTime: number; readonly nice: number };

const module = new URL('../../nodes/shared/process/raisePriority.js', import.meta.url);
const SCRIPT = `
  import { readdirSync, readFileSync } from 'node:fs';
  import { raisePriority } from ${JSON.stringify(module.href)};
  const fault = raisePriority(Number(process.argv[1]));
  const threads = readdirSync('/proc/self/task').map((thread) => {
    const stat = readFileSync('/proc/self/task/' + thread + '/stat', 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ').map(Number);
    return { nice: fields[16], realTime: fields[37], policy: fields[38] };
  });
  console.log(JSON.stringify({ fault, threads }));
`;

/** Of a process that asks for this priority, whose PATH this is. */
async function schedulingOf(priority: number, path = process.env.PATH): Promise<Scheduling> {
  const args = ['--input-type=module', '--eval', SCRIPT, String(priority)];
  const env = { ...process.env, PATH: path };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  return JSON.parse(stdout) as Scheduling;
}

const may = (program: string, ...args: string[]): boolean =>
  spawnSync(program, [...args, 'true']).status === 0;
const mayRunInRealTime = may('chrt', '--rr', '20');
const mayBeUrgent = may('nice', '-n', '-20');

describe('raisePriority', () => {
  it('schedules all threads in real time, or says why not', async () => {
    const { fault, threads } = await schedulingOf(20);
    assert.equal(fault === undefined, mayRunInRealTime, fault);
    const realTime = mayRunInRealTime ? 20 : 0;
    for (const thread of threads) assert.equal(thread.realTime, realTime);
    for (const thread of threads) assert.equal(thread.policy, mayRunInRealTime ? 2 : 0);
  });

  it('leaves real-time scheduling alone when told to', async () => {
    const { fault, threads } = await schedulingOf(0);
    for (const { policy } of threads) assert.equal(policy, 0);
    if (!mayBeUrgent) assert.match(fault ?? '', /EACCES|EPERM/u);
    else for (const { nice } of threads) assert.equal(nice, -20);
  });

  it('takes the highest ordinary priority where there is no chrt', async () => {
    const { fault, threads } = await schedulingOf(20, '/nowhere');
    assert.match(fault ?? '', /chrt/u);
    for (const { policy } of threads) assert.equal(policy, 0);
    if (mayBeUrgent) for (const { nice } of threads) assert.equal(nice, -20);
  });
});
