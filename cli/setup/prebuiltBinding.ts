import fs from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../setup/paths.mjs';

/** True when rclnodejs ships a binary for this system and distribution (it loads that one first). */
export function hasPrebuiltBinding(distro: string, osRelease = '/etc/os-release'): boolean {
  const release = fs.existsSync(osRelease) ? fs.readFileSync(osRelease, 'utf8') : '';
  const codename = /^VERSION_CODENAME=(.*)$/m.exec(release)?.[1]?.trim();
  if (codename === undefined) return false;
  const folder = path.join(packageRoot, 'node_modules', 'rclnodejs', 'prebuilds');
  const file = `${distro}-${codename}-${process.arch}-node-rclnodejs.node`;
  return fs.existsSync(path.join(folder, `${process.platform}-${process.arch}`, file));
}
