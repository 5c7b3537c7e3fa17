// rclnodejs ships its native half for the ROS 2 distributions on their Ubuntu.
import fs from 'node:fs';
import path from 'node:path';

/**
 * @param {string} rclnodejs its folder
 * @param {string} distro
 * @param {string} osRelease
 * @returns {string | undefined} the binary for this system, which rclnodejs loads before any other
 */
export function findPrebuiltBinding(rclnodejs, distro, osRelease = '/etc/os-release') {
  const release = fs.existsSync(osRelease) ? fs.readFileSync(osRelease, 'utf8') : '';
  const codename = /^VERSION_CODENAME=(.*)$/m.exec(release)?.[1]?.trim();
  const folder = path.join(rclnodejs, 'prebuilds', `${process.platform}-${process.arch}`);
  const file = path.join(folder, `${distro}-${codename}-${process.arch}-node-rclnodejs.node`);
  return fs.existsSync(file) ? file : undefined;
}
