import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { formatFault } from '../../core/config/Fault.ts';
import { environmentFaults } from '../../nodes/shared/process/environmentFaults.ts';
import { logFolder } from '../../nodes/shared/process/logFolder.ts';
import { rosArgumentFaults } from '../../nodes/shared/process/rosArgumentFaults.ts';

let folder = '';
beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'environment-test-'))));
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

describe('environmentFaults', () => {
  const faultsOf = (env: NodeJS.ProcessEnv) => environmentFaults(env, [folder]).map(formatFault);
  beforeEach(() => {
    fs.mkdirSync(path.join(folder, 'lib'));
    for (const name of ['rmw', 'rmw_fastrtps_cpp', 'rmw_fastrtps_shared_cpp', 'rmw_dds_common']) {
      fs.writeFileSync(path.join(folder, 'lib', `lib${name}.so`), '');
    }
    fs.writeFileSync(path.join(folder, 'good.xml'), '<?xml version="1.0"?><dds><profiles/></dds>');
    fs.writeFileSync(path.join(folder, 'bad.xml'), '<dds><profiles>');
  });

  it('are none where nothing is set, or nothing that is wrong', () => {
    assert.deepEqual(faultsOf({}), []);
    assert.deepEqual(
      faultsOf({
        ROS_DOMAIN_ID: '232',
        ROS_LOCALHOST_ONLY: '1',
        ROS_AUTOMATIC_DISCOVERY_RANGE: 'LOCALHOST',
        ROS_SECURITY_ENABLE: 'true',
        ROS_SECURITY_STRATEGY: 'Enforce',
        ROS_SECURITY_KEYSTORE: folder,
        RMW_IMPLEMENTATION: 'rmw_fastrtps_cpp',
        FASTRTPS_DEFAULT_PROFILES_FILE: path.join(folder, 'good.xml'),
        RCUTILS_COLORIZED_OUTPUT: '0',
      }),
      [],
    );
    assert.deepEqual(faultsOf({ ROS_DOMAIN_ID: '', RMW_IMPLEMENTATION: '' }), []);
  });

  for (const [name, expected, wrong] of [
    ['ROS_DOMAIN_ID', 'an integer from 0 to 232', ['233', 'lab', '-1', '5x', '1.5', '99999999999']],
    ['ROS_LOCALHOST_ONLY', '0 or 1', ['yes', '2']],
    ['ROS_AUTOMATIC_DISCOVERY_RANGE', 'SUBNET or LOCALHOST or OFF or SYSTEM_DEFAULT', ['moon']],
    ['ROS_SECURITY_ENABLE', 'true or false', ['yes', 'True', '1']],
    ['ROS_SECURITY_STRATEGY', 'Enforce or Permissive', ['enforce']],
    ['RMW_IMPLEMENTATION', 'rmw_fastrtps_cpp', ['rmw_foo_cpp', 'fastrtps', 'rmw_dds_common']],
    ['RCUTILS_LOGGING_USE_STDOUT', '0 or 1', ['x']],
    [
      'FASTRTPS_DEFAULT_PROFILES_FILE',
      'a readable file of XML',
      ['/nowhere.xml', '/etc/passwd', '/'],
    ],
    ['FASTDDS_DEFAULT_PROFILES_FILE', 'a readable file of XML', ['/nowhere.xml']],
  ] as const) {
    it(`name ${name}, what is expected and what was found`, () => {
      for (const value of wrong) {
        const text = `environment: ${name}: expected ${expected}, found "${value}"`;
        assert.deepEqual(faultsOf({ [name]: value }), [text]);
      }
    });
  }

  it('are all listed at once', () => {
    assert.equal(faultsOf({ ROS_DOMAIN_ID: 'x', ROS_LOCALHOST_ONLY: 'x' }).length, 2);
  });

  it('name a keystore that is not there only where security is on', () => {
    const keystore = { ROS_SECURITY_KEYSTORE: '/nowhere' };
    assert.deepEqual(faultsOf(keystore), []);
    assert.match(
      faultsOf({ ...keystore, ROS_SECURITY_ENABLE: 'true' })[0]!,
      /expected a folder, f/,
    );
  });

  it('name a file of profiles that is broken, but not for another middleware', () => {
    const profiles = { FASTRTPS_DEFAULT_PROFILES_FILE: path.join(folder, 'bad.xml') };
    assert.equal(faultsOf(profiles).length, 1);
    fs.writeFileSync(path.join(folder, 'lib', 'librmw_cyclonedds_cpp.so'), '');
    assert.deepEqual(faultsOf({ ...profiles, RMW_IMPLEMENTATION: 'rmw_cyclonedds_cpp' }), []);
  });
});

describe('logFolder', () => {
  it('is what ROS 2 chooses, where that can be written', () => {
    const home = path.join(folder, 'home');
    assert.deepEqual(logFolder({ HOME: home }, folder), { folder: path.join(home, '.ros', 'log') });
    const rosHome = path.join(folder, 'ros');
    const env = { HOME: home, ROS_HOME: rosHome };
    assert.deepEqual(logFolder(env, folder), { folder: path.join(rosHome, 'log') });
    const log = path.join(folder, 'log');
    assert.deepEqual(logFolder({ ...env, ROS_LOG_DIR: log }, folder), { folder: log });
    assert.deepEqual(logFolder({ HOME: home, ROS_LOG_DIR: '~/logs' }, folder), {
      folder: path.join(home, 'logs'),
    });
  });

  for (const [what, env, said] of [
    ['no HOME', {}, /^HOME: expected .*, found nothing \(it is not set\): logs go to /],
    [
      'a folder that cannot be made',
      { ROS_LOG_DIR: '/proc/x' },
      /^ROS_LOG_DIR: .*found \/proc\/x \(/,
    ],
    [
      'a file in its place',
      { ROS_LOG_DIR: '/etc/passwd' },
      /^ROS_LOG_DIR: .*\/etc\/passwd \(EEXIST\)/,
    ],
    [
      'no HOME of ROS',
      { HOME: '/tmp', ROS_HOME: '/proc/x' },
      /^ROS_HOME: .*found \/proc\/x\/log \(/,
    ],
  ] as const) {
    it(`is a folder of the user alone with ${what}, and says so`, () => {
      const { folder: chosen, notice } = logFolder(env, folder);
      assert.equal(path.dirname(chosen), folder);
      assert.equal(fs.statSync(chosen).mode & 0o777, 0o700);
      assert.match(notice ?? '', said);
      assert.equal(logFolder(env, folder).folder, chosen, 'the same at the next start');
    });
  }

  it('is not a link or an open folder that somebody put there', () => {
    const name = `ros-log-${process.getuid!()}`;
    const victim = path.join(folder, 'victim');
    fs.mkdirSync(victim);
    fs.symlinkSync(victim, path.join(folder, name));
    assert.match(logFolder({}, folder).folder, new RegExp(`${name}-.{6}$`));
    fs.rmSync(path.join(folder, name));
    fs.mkdirSync(path.join(folder, name));
    fs.chmodSync(path.join(folder, name), 0o777);
    assert.match(logFolder({}, folder).folder, new RegExp(`${name}-.{6}$`));
  });
});

describe('rosArgumentFaults', () => {
  const faultsOf = (args: string) =>
    rosArgumentFaults(['node', 'main.js', ...args.split(' ')]).map(formatFault);

  it('are none for what rcl takes', () => {
    assert.deepEqual(
      faultsOf(
        '--ros-args -r __ns:=/arm1 -r __node:=eyes -r joint_states:=/a/b --remap perception:__node:=x ' +
          '-r rostopic://a:=rostopic://b -r a:=~/b -p a:=b-c',
      ),
      [],
    );
  });

  it('are not looked for in the arguments of others', () => {
    assert.deepEqual(faultsOf('-r __ns:=/arm-1'), []);
  });

  for (const [argument, expected] of [
    ['__ns:=/arm-1', /-r __ns: expected an absolute one: a namespace \(.*\), found "\/arm-1"$/],
    ['__ns:=arm1', /-r __ns: expected an absolute one: a namespace \(.*\), found "arm1"$/],
    ['__node:=cam-1', /-r __node: expected the name of a node \(.*\), found "cam-1"$/],
    ['__name:=cam-1', /-r __name: expected the name of a node \(.*\), found "cam-1"$/],
    ['perception:__node:=a-b', /-r __node: expected the name of a node \(.*\), found "a-b"$/],
    ['joint_states:=a//b', /-r joint_states: expected a name of ROS 2 \(.*\), found "a\/\/b"$/],
  ] as const) {
    it(`name ${argument}`, () => {
      const faults = faultsOf(`--ros-args -r ${argument}`);
      assert.equal(faults.length, 1);
      assert.match(faults[0]!, expected);
    });
  }
});
