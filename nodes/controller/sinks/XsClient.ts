import type { Client, ServiceTypeClassName } from 'rclnodejs';
import type { ManagedNode } from '../../shared/ManagedNode.ts';
import { XS_PACKAGE, XS_SERVICE_TYPES, type XsServices } from './xsMessages.ts';

/** Writing to all motors takes the driver some tenths of a second. */
const CALL_LIMIT_MS = 5000;

type ServiceName = keyof XsServices;
type AnyClient = Client<ServiceTypeClassName>;

/** Calls the services of Interbotix's driver `xs_sdk`. */
export class XsClient {
  readonly #clients = new Map<ServiceName, AnyClient>();
  readonly #names = new Map<ServiceName, string>();

  /** @param prefix of the driver's names: empty for those in the node's own namespace */
  constructor(node: ManagedNode, prefix: string) {
    for (const [service, type] of Object.entries(XS_SERVICE_TYPES)) {
      const typeName = `${XS_PACKAGE}/srv/${type}` as ServiceTypeClassName;
      const name = `${prefix}${service}`;
      this.#names.set(service as ServiceName, name);
      this.#clients.set(service as ServiceName, node.createClient(typeName, name));
    }
  }

  /** Services that nobody offers now. */
  missing(): string[] {
    return [...this.#clients]
      .filter(([, client]) => !client.isServiceServerAvailable())
      .map(([service]) => this.#names.get(service)!);
  }

  /** @throws Error naming the service where no answer comes */
  async call<Name extends ServiceName>(
    service: Name,
    request: XsServices[Name]['request'],
  ): Promise<XsServices[Name]['response']> {
    const client = this.#clients.get(service)!;
    try {
      const answer: unknown = await client.sendRequestAsync(request as never, {
        timeout: CALL_LIMIT_MS,
      });
      return answer as XsServices[Name]['response'];
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`no answer of ${this.#names.get(service)}: ${reason}`, { cause: error });
    }
  }
}
