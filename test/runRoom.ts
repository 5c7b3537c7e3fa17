// Runs test files with mocha in this process and reports the counts to the parent.
//   node dist/test/runRoom.js [--grep=TEXT] FILE...
import Mocha from 'mocha';

export type RoomResult = { passed: number; failed: number; skipped: number };

/** For one test that names no limit of its own; generous, since CI machines stall. */
const timeoutMs = 60_000;

const args = process.argv.slice(2);
const grep = args.find((arg) => arg.startsWith('--grep='))?.slice('--grep='.length);
const mocha = new Mocha({
  timeout: timeoutMs,
  reporter: 'spec',
  color: process.stdout.isTTY === true,
  forbidOnly: process.env['CI'] === 'true',
});
if (grep !== undefined) mocha.fgrep(grep);
for (const file of args.filter((arg) => !arg.startsWith('--'))) mocha.addFile(file);
await mocha.loadFilesAsync();
const runner = mocha.run((failures) => {
  const { passes = 0, pending = 0 } = runner.stats ?? {};
  const result: RoomResult = { passed: passes, failed: failures, skipped: pending };
  // Whatever a test left running (a worker, a ROS context) must not keep the room alive.
  const exit = (): never => process.exit(failures > 0 ? 1 : 0);
  if (process.send) process.send(result, exit);
  else exit();
});
