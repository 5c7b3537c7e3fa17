import type {
  ServiceRequestMessage,
  ServiceResponse,
  ServiceResponseMessage,
  ServiceTypeClassName,
} from 'rclnodejs';
import type { Guard } from './Guard.ts';

/**
 * A service's callback that answers every request: with what `answer` gives, or with `onError` of why
 * it gives nothing, or cannot be sent. Where that cannot be sent either, the log says so: the client
 * waits in vain, as for a node that is not there.
 */
export function serviceAnswer<T extends ServiceTypeClassName>(
  guard: Guard,
  name: string,
  answer: (
    request: ServiceRequestMessage<T>,
  ) => ServiceResponseMessage<T> | Promise<ServiceResponseMessage<T>>,
  onError: (message: string) => ServiceResponseMessage<T>,
): (request: ServiceRequestMessage<T>, response: ServiceResponse<T>) => void {
  const fail = (error: unknown, response: ServiceResponse<T>) => {
    guard.report(`service ${name}`, error);
    const reason = error instanceof Error ? error.message : String(error);
    guard.run(`answer of service ${name}`, () => response.send(onError(reason)));
  };
  return (request, response) => {
    try {
      const answered = answer(request);
      if (!(answered instanceof Promise)) response.send(answered);
      else {
        const sent = answered.then((message) => response.send(message));
        guard.watch(
          `service ${name}`,
          sent.catch((error: unknown) => fail(error, response)),
        );
      }
    } catch (error) {
      fail(error, response);
    }
  };
}
