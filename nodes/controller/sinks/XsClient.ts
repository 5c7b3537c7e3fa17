import type { Client, ServiceTypeClassName } from 'rclnodejs';
import type { ManagedNode } from '../../shared/node/ManagedNode.ts';
import {
  XS_PACKAGE,
  XS_SERVICE_TYPES,
  type XsServices,
} from '../../../adapters/messages/xsMessages.ts';

/** Writing to all motors takes the driver some tenths of a second. */
const CALL_LIMIT_MS = 5000;
/** The driver answers from memory, at once: the first question of all, whose answer can get lost. */
const INFO_LIMIT_MS = 1000;

type ServiceName = keyof XsServices;
type AnyClient = Client<ServiceTypeClassName>;

/**
 * Calls the services of Interbotix's driver `xs_sdk`. An answer is lost if DDS has not matched its reader
 * yet, or matched it wrongly: a client without an answer is created again, to be discovered again.
 */
export class XsClient {
  readonly #node: ManagedNode;
  readonly #clients = new Map<ServiceName, AnyClient>();
  readonly #names = new Map<ServiceName, string>();

  /** @param prefix of the driver's names: empty for those in the node's own namespace */
  constructor(node: ManagedNode, prefix: string) {
    this.#node = node;
    for (const service of Object.keys(XS_SERVICE_TYPES) as ServiceName[]) {
      this.#names.set(service, `${prefix}${service}`);
      this.#create(service);
    }
  }

  /** Services that no node offers now. */
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
        timeout: service === 'get_robot_info' ? INFO_LIMIT_MS : CALL_LIMIT_MS,
      });
      return answer as XsServices[Name]['response'];
    } catch (error) {
      if (this.#clients.get(service) === client) {
        this.#node.destroyClient(client);
        this.#create(service);
      }
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`no answer of ${this.#names.get(service)}: ${reason}`, { cause: error });
    }
  }

  #create(service: ServiceName): void {
    const type = `${XS_PACKAGE}/srv/${XS_SERVICE_TYPES[service]}` as ServiceTypeClassName;
    this.#clients.set(service, this.#node.createClient(type, this.#names.get(service)!));
  }
}
