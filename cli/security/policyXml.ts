import { formatXml, xml, xmlValue, type XmlNode } from '../../sim/gazebo/xml.ts';
import { ENCLAVES, withCommonAccess } from './enclaves.ts';

/**
 * The policy of SROS2 (format 0.2.0) for arms in these namespaces: an enclave for each part of each arm,
 * at `<namespace>/<name>`. What is not allowed is denied.
 * @param namespaces absolute, `/` for none
 */
export function policyXml(namespaces: readonly string[]): string {
  const contexts = namespaces.flatMap((namespace) =>
    ENCLAVES.map((enclave) => {
      const access = withCommonAccess(enclave);
      const profile = xml(
        'profile',
        { ns: namespace, node: enclave.name },
        rule('topics', 'topic', 'publish', access.publishes),
        rule('topics', 'topic', 'subscribe', access.subscribes),
        rule('services', 'service', 'reply', access.serves),
        rule('services', 'service', 'request', access.calls),
        rule('actions', 'action', 'execute', access.executes),
        rule('actions', 'action', 'call', access.callsActions),
      );
      return xml(
        'enclave',
        { path: enclavePath(namespace, enclave.name) },
        xml('profiles', {}, profile),
      );
    }),
  );
  const parts = ENCLAVES.map(({ name, description }) => `${name}: ${description}`);
  const comment = ['Made by `st4vla security`. Who may do what:', ...parts].join('\n');
  return formatXml(xml('policy', { version: '0.2.0' }, xml('enclaves', {}, contexts)), comment);
}

/** E.g. `/wx250s/controller`. */
export function enclavePath(namespace: string, name: string): string {
  return `${namespace.replace(/\/+$/, '')}/${name}`;
}

function rule(
  list: string,
  item: string,
  access: string,
  names: readonly string[],
): XmlNode | undefined {
  if (names.length === 0) return undefined;
  const sorted = [...new Set(names)].sort();
  return xml(
    list,
    { [access]: 'ALLOW' },
    sorted.map((name) => xmlValue(item, name)),
  );
}
