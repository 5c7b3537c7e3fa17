import './requireRos.ts';
import rclnodejs from 'rclnodejs';
import { FaultError } from '../../../core/config/Fault.ts';
import { logFolder } from './logFolder.ts';
import { rosArgumentFaults } from './rosArgumentFaults.ts';

/**
 * Begins ROS 2 with the arguments and the environment of this process.
 * @throws FaultError where one of them, or a file that it names, is wrong
 */
export async function initRos(): Promise<void> {
  const faults = rosArgumentFaults(process.argv);
  if (faults.length > 0) throw new FaultError('ROS', faults);
  const { folder, notice } = logFolder(process.env);
  if (notice !== undefined) {
    process.stderr.write(`${notice}\n`);
    process.env['ROS_LOG_DIR'] = folder;
  }
  await refusalAsFault(() => rclnodejs.init());
  rclnodejs.removeSignalHandlers();
}

/**
 * What rcl refuses at the start has its reason in arguments or environment.
 * @throws FaultError with the words of rcl
 */
export async function refusalAsFault<T>(begin: () => T | Promise<T>): Promise<T> {
  try {
    return await begin();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof FaultError) throw error;
    const isArgument = /^(Couldn't parse|Unknown ROS arguments|Enclave name)/.test(error.message);
    const [found = ''] = error.message.split('\n').filter((line) => line.trim() !== '');
    const expected = isArgument
      ? 'ROS arguments'
      : 'arguments and variables that ROS 2 can begin with';
    const source = isArgument ? 'arguments' : 'arguments and environment';
    throw new FaultError('ROS', [{ source, field: '', expected, found }]);
  }
}
