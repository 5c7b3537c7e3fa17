// Writes THIRD-PARTY.md from the lock file (npm run licences).
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from './paths.mjs';

/** Licences that ask for no more than a notice. */
const permissive = new Set(
  [
    '0BSD',
    'Apache-2.0',
    'Apache2',
    'BlueOak-1.0.0',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'CC0-1.0',
  ].concat(['ISC', 'MIT', 'PSF-2.0', 'Python-2.0', '(MIT OR Apache-2.0)', '(MIT OR CC0-1.0)']),
);

/** Installed from the registry as separate, replaceable shared libraries; never part of this package. */
const weakCopyleft = /^@img\/sharp-(libvips|wasm32|win32)/;

/**
 * @param {string} lockText of package-lock.json
 * @returns {{ listing: string, refused: string[] }} the page, and packages whose licence is not allowed
 */
export function thirdPartyListing(lockText) {
  const { packages } = JSON.parse(lockText);
  const rows = [];
  const refused = [];
  for (const [folder, entry] of Object.entries(packages)) {
    if (folder === '') continue;
    const name = folder.replace(/^.*node_modules\//, '');
    const licence = entry.license ?? 'unknown';
    if (!permissive.has(licence) && !weakCopyleft.test(name)) refused.push(`${name}: ${licence}`);
    if (!entry.dev) rows.push(`| ${name} | ${entry.version} | ${licence} |`);
  }
  return { listing: `${introduction}${[...new Set(rows)].sort().join('\n')}\n`, refused };
}

const introduction = `# Third-party software

Made from package-lock.json by \`npm run licences\`. None of it is part of this repository: the set-up
installs it from the npm registry and from PyPI.

* npm packages that run: the table below. \`sharp\` loads libvips, which is LGPL-3.0-or-later, as a
  separate shared library that can be replaced.
* ROS 2 Jazzy, only where no ROS 2 is sourced: the packages of setup/ros-jazzy*.txt, under Apache-2.0, BSD
  and MIT licences as ROS 2 itself, with Fast DDS (Apache-2.0).
* Tools for building and testing: the packages marked "dev" in package-lock.json, all under permissive
  licences (a test checks it).

| package | version | licence |
|---|---|---|
`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lock = fs.readFileSync(path.join(packageRoot, 'package-lock.json'), 'utf8');
  const { listing, refused } = thirdPartyListing(lock);
  if (refused.length > 0) throw new Error(`licences to look at: ${refused.join(', ')}`);
  fs.writeFileSync(path.join(packageRoot, 'THIRD-PARTY.md'), listing);
}
