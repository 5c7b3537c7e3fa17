import { XmlElement } from '../../core/kinematics/XmlElement.ts';

/** What one enclave may write and read, as topics of DDS; `*` stands for any text. */
export type DdsAccess = {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
};

/** What every ROS 2 participant writes and reads. */
const DISCOVERY = 'ros_discovery_info';

const ACTION_SERVICES = ['send_goal', 'cancel_goal', 'get_result'];
const ACTION_TOPICS = ['feedback', 'status'];

/**
 * An SROS2 policy as `ros2 security create_permission` translates it, by the path of the enclave:
 * topics get the prefix `rt`, requests `rq`, replies `rr`.
 */
export function ddsAccessOf(policy: string): Map<string, DdsAccess> {
  const [enclaves] = XmlElement.parse(policy).childrenOf('enclaves');
  return new Map(
    enclaves!.childrenOf('enclave').map((enclave) => {
      const access = { publish: [DISCOVERY], subscribe: [DISCOVERY] };
      for (const profiles of enclave.childrenOf('profiles'))
        for (const profile of profiles.childrenOf('profile')) addProfile(profile, access);
      return [enclave.attribute('path')!, access];
    }),
  );
}

type Lists = { readonly publish: string[]; readonly subscribe: string[] };

function addProfile(profile: XmlElement, access: Lists): void {
  const namespace = profile.attribute('ns')!.replace(/\/$/, '');
  const node = profile.attribute('node')!;
  for (const rule of profile.children) {
    for (const item of rule.children) {
      const text = item.text.trim();
      const name = text.startsWith('/')
        ? text
        : `${namespace}/${text.startsWith('~') ? `${node}${text.slice(1)}` : text}`;
      if (rule.attribute('publish') === 'ALLOW') access.publish.push(`rt${name}`);
      if (rule.attribute('subscribe') === 'ALLOW') access.subscribe.push(`rt${name}`);
      if (rule.attribute('reply') === 'ALLOW') addService(name, access, 'server');
      if (rule.attribute('request') === 'ALLOW') addService(name, access, 'client');
      if (rule.attribute('execute') === 'ALLOW') addAction(name, access, 'server');
      if (rule.attribute('call') === 'ALLOW') addAction(name, access, 'client');
    }
  }
}

function addService(name: string, access: Lists, side: 'server' | 'client'): void {
  const [requests, replies] = [`rq${name}Request`, `rr${name}Reply`];
  access.publish.push(side === 'server' ? replies : requests);
  access.subscribe.push(side === 'server' ? requests : replies);
}

function addAction(name: string, access: Lists, side: 'server' | 'client'): void {
  for (const service of ACTION_SERVICES) addService(`${name}/_action/${service}`, access, side);
  const topics = ACTION_TOPICS.map((topic) => `rt${name}/_action/${topic}`);
  (side === 'server' ? access.publish : access.subscribe).push(...topics);
}

/** Whether a list of expressions allows a topic. */
export function allows(expressions: readonly string[], topic: string): boolean {
  return expressions.some((expression) => {
    const pattern = expression
      .split('*')
      .map((text) => text.replaceAll(/[.\\+?^$()[\]{}|]/g, '\\$&'));
    return new RegExp(`^${pattern.join('.*')}$`).test(topic);
  });
}
