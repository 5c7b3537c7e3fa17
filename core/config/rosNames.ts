/** Part of a name: letters, digits and _, and no digit first. */
const PART = String.raw`[A-Za-z_]\w*`;
/** As a part of a topic's name may be written: what is in braces becomes the node's own name. */
const TOPIC_PART = String.raw`(?:[A-Za-z_]|\{(?:node|ns|namespace)\})(?:\w|\{(?:node|ns|namespace)\})*`;
/** Stands for the name of a joint in the name of its topic. */
export const JOINT_PLACEHOLDER = '{joint}';

const RULE = 'parts of letters, digits and _, none of which begins with a digit, between /';
const TOPIC = new RegExp(`^(?:~|(?:~?/)?${TOPIC_PART}(?:/${TOPIC_PART})*)$`);
const NAMESPACE = new RegExp(`^(?:/|/?${PART}(?:/${PART})*)$`);
const NODE = new RegExp(`^${PART}$`);
const NODE_PATH = new RegExp(`^/?${PART}(?:/${PART})*$`);

/** rmw_validate_full_topic_name, _namespace and _node_name: what is longer is refused. */
const LONGEST = { topic: 247, namespace: 245, node: 255 } as const;

const isTopic = (name: string) => name.length <= LONGEST.topic && TOPIC.test(name);

type Kind = { readonly what: string; readonly rule: string; is(name: string): boolean };

/**
 * The names that ROS 2 takes, as rcl and rmw check them (rcl/validate_topic_name.c,
 * rmw/validate_full_topic_name.c, rmw/validate_namespace.c, rmw/validate_node_name.c).
 */
export const ROS_NAMES = {
  /** Of a topic, a service or an action; absolute, relative, or with ~ for the node's own. */
  topic: { what: 'a name of ROS 2', rule: RULE, is: isTopic },
  joint_topic: {
    what: `a name of ROS 2 with ${JOINT_PLACEHOLDER}`,
    rule: RULE,
    is: (name) =>
      name.includes(JOINT_PLACEHOLDER) && isTopic(name.replaceAll(JOINT_PLACEHOLDER, 'joint')),
  },
  /** What is put before names; empty for nothing. */
  prefix: {
    what: 'the beginning of a name of ROS 2',
    rule: RULE,
    is: (name) => isTopic(`${name}x`),
  },
  namespace: {
    what: 'a namespace',
    rule: RULE,
    is: (name) => name.length <= LONGEST.namespace && NAMESPACE.test(name),
  },
  node: {
    what: 'the name of a node',
    rule: 'letters, digits and _, and no digit first',
    is: (name) => name.length <= LONGEST.node && NODE.test(name),
  },
  /** Of a node, with its namespace or in one's own. */
  node_path: {
    what: 'the name of a node',
    rule: RULE,
    is: (name) => name.length <= LONGEST.topic && NODE_PATH.test(name),
  },
} as const satisfies Readonly<Record<string, Kind>>;

export type RosNameKind = keyof typeof ROS_NAMES;

export function isRosName(kind: RosNameKind, name: string): boolean {
  return ROS_NAMES[kind].is(name);
}

/** What a fault expects: `a namespace (parts of letters, …)`. */
export function expectedName(kind: RosNameKind): string {
  const { what, rule } = ROS_NAMES[kind];
  return `${what} (${rule})`;
}
