import type { Node } from 'rclnodejs';

/** A publisher or a subscription of a topic. */
export type Endpoint = {
  /** Full name of its node, e.g. `/arm1/controller`; undefined: not known yet. */
  readonly node: string | undefined;
  /** What the middleware calls it, as hexadecimal digits: no two are called the same. */
  readonly gid: string;
};

/** rmw_topic_endpoint_info_t as rclnodejs gives it; not in its types. */
export type EndpointInfo = {
  readonly node_name: string;
  readonly node_namespace: string;
  readonly endpoint_gid: ArrayLike<number>;
};

type Graph = Pick<Node, 'getPublishersInfoByTopic' | 'getSubscriptionsInfoByTopic'>;

/**
 * Who publishes on a topic, this node included; undefined where the middleware cannot tell. Some 15 µs.
 *
 * @param topic its absolute name
 */
export function publishersOf(node: Graph, topic: string): readonly Endpoint[] | undefined {
  return endpoints(() => node.getPublishersInfoByTopic(topic, false));
}

/** Who listens to a topic, this node included; undefined where the middleware cannot tell. */
export function listenersOf(node: Graph, topic: string): readonly Endpoint[] | undefined {
  return endpoints(() => node.getSubscriptionsInfoByTopic(topic, false));
}

/** Names of nodes, each once, as a list; how many more there are where it would be long. */
export function nameNodes(endpoints: readonly Endpoint[], most = 4): string {
  const names = [...new Set(endpoints.map(({ node }) => node ?? 'a node without a known name'))];
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

function endpoints(ask: () => object[]): readonly Endpoint[] | undefined {
  let found: readonly EndpointInfo[];
  try {
    found = ask() as EndpointInfo[];
  } catch {
    return undefined;
  }
  return found.map(({ node_name: name, node_namespace: namespace, endpoint_gid: gid }) => ({
    node: name.startsWith('_NODE_NAME_UNKNOWN') ? undefined : fullName(namespace, name),
    gid: Buffer.from(Array.from(gid)).toString('hex'),
  }));
}

/** `/arm1/controller` */
export function fullName(namespace: string, name: string): string {
  return `${namespace === '/' ? '' : namespace}/${name}`;
}
