import { createHash } from 'node:crypto';

const LONGEST_NAME = 120;

/**
 * A node as the middleware knows it, by domain and full name, and so the arm of a controller: as part
 * of a file's name. An arm that only exists in a program is another one than a real one.
 *
 * @param domain `ROS_DOMAIN_ID`
 * @param fullName e.g. `/arm1/controller`
 */
export function nodeKey(domain: string | undefined, fullName: string, arm: string): string {
  const number = /^\s*\d+\s*$/.test(domain ?? '') ? String(Number(domain)) : (domain ?? '0');
  const kind = arm === 'real' ? '' : `-${arm}`;
  const key = `${number}${fullName.replaceAll('/', '.')}${kind}`;
  const isPlain = /^[\w.-]+$/.test(key) && key.length <= LONGEST_NAME;
  return isPlain ? key : createHash('sha256').update(key).digest('hex');
}
