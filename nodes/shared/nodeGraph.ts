import type { Node, QoS } from 'rclnodejs';
import type { Graph, GraphEndpoint, Policies } from './ConnectionWatch.ts';
import { type EndpointInfo, fullName } from './graph.ts';

type TypedEndpointInfo = EndpointInfo & {
  readonly topic_type: string;
  readonly qos_profile: { readonly reliability: number; readonly durability: number };
};

/** rmw_qos_reliability_policy_e and rmw_qos_durability_policy_e, and what a system's default is. */
const RELIABILITIES = ['unknown', 'reliable', 'best_effort'] as const;
const DURABILITIES = ['unknown', 'transient_local', 'volatile'] as const;

/** The graph as a node sees it. */
export function graphOf(node: Node): Graph {
  return {
    countPublishers: (topic) => Number(node.countPublishers(topic)),
    countSubscriptions: (topic) => Number(node.countSubscribers(topic)),
    publishers: (topic) => endpoints(node.getPublishersInfoByTopic(topic, false)),
    subscriptions: (topic) => endpoints(node.getSubscriptionsInfoByTopic(topic, false)),
  };
}

export function policiesOf({ reliability, durability }: QoS): Policies {
  return policies({ reliability: Number(reliability), durability: Number(durability) });
}

function endpoints(infos: readonly object[]): GraphEndpoint[] {
  return (infos as readonly TypedEndpointInfo[]).map((info) => ({
    node: fullName(info.node_namespace, info.node_name),
    id: Array.from(info.endpoint_gid).join('.'),
    type: info.topic_type,
    ...policies(info.qos_profile),
  }));
}

function policies(profile: TypedEndpointInfo['qos_profile']): Policies {
  return {
    reliability: RELIABILITIES[profile.reliability] ?? 'unknown',
    durability: DURABILITIES[profile.durability] ?? 'unknown',
  };
}
