import { FaultError } from '../../../core/config/Fault.ts';
import { lackOf } from './interfaceTypes.ts';

/**
 * Returns what `make` makes: a publisher, a subscription, a service. Its name and type come from a user, so
 * what ROS refuses about them becomes a fault.
 *
 * @throws FaultError with the name, or the type that this ROS lacks
 */
export function failAsFault<T>(
  { fullName }: { readonly fullName: string },
  name: string,
  type: string,
  make: () => T,
): T {
  const lack = lackOf(type);
  const fault = (expected: string, found: string) =>
    new FaultError(fullName, [{ source: 'names', field: name, expected, found }]);
  if (lack !== undefined) throw fault(`a ROS 2 that has ${type}`, `one without ${lack}`);
  try {
    return make();
  } catch (error) {
    const [reason = ''] = (error as Error).message.split('\n');
    throw fault('a name and a type that ROS 2 takes', reason);
  }
}
