// Content hashes: a step of the set-up is done again when, and only when, what it is made of changed.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/**
 * @param {string} root
 * @param {readonly string[]} entries files and folders below root; missing ones count as such
 * @param {readonly string[]} facts anything else that the result depends on
 * @returns {string}
 */
export function fingerprint(root, entries, facts = []) {
  const hash = crypto.createHash('sha256');
  for (const fact of facts) hash.update(`${fact}\0`);
  for (const file of entries.flatMap((entry) => listFiles(root, entry)))
    hash
      .update(`${file}\0`)
      .update(fs.readFileSync(path.join(root, file)))
      .update('\0');
  return hash.digest('hex');
}

/**
 * @param {string} root
 * @param {string} entry
 * @returns {string[]} files at or below `entry`, relative to root, sorted
 */
export function listFiles(root, entry) {
  const stat = fs.statSync(path.join(root, entry), { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (!stat.isDirectory()) return [entry];
  const children = fs.readdirSync(path.join(root, entry)).sort();
  return children.flatMap((child) => listFiles(root, path.join(entry, child)));
}
