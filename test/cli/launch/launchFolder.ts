import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { interpretLaunchFile, type Launch } from '../../../cli/launch/interpretLaunchFile.ts';
import type { Packages } from '../../../cli/launch/packages.ts';

export const packages: Packages = {
  share: (name) => `/ros/share/${name}`,
  prefix: () => '/ros',
  command: (name, executable) => [`/ros/lib/${name}/${executable}`],
  ros2Launch: () => ['ros2', 'launch'],
};

/** A node that needs no more. */
export const node = 'pkg: p, exec: e';

/** A folder for the launch files of each test of a suite; it is gone afterwards. */
export function launchFolder() {
  let folder = '';
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'launch-test-'))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  function write(name: string, text: string): string {
    const file = path.join(folder, name);
    fs.writeFileSync(file, text);
    return file;
  }

  function interpret(text: string, args: Record<string, string> = {}): Launch {
    const file = write('a.launch.yaml', text);
    return interpretLaunchFile(file, new Map(Object.entries(args)), packages, { HOME: '/home/me' });
  }

  return { write, interpret };
}
