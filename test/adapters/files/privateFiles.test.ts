import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PrivateFolder } from '../../../adapters/files/PrivateFolder.ts';
import { type StateFolder, stateFolder } from '../../../adapters/files/stateFolder.ts';

const reasonOf = (found: StateFolder) =>
  found.kind === 'none' ? found.reasons.join('\n') : `found ${found.folder.path}`;

describe('files of this user alone', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'st4vla-private-'))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  describe('PrivateFolder', () => {
    it('keeps a text whole, in a folder and a file that nobody else may read', async () => {
      const folder = new PrivateFolder(join(root, 'own'));
      assert.deepEqual(folder.read('a'), { kind: 'nothing' });
      await Promise.all([folder.write('a', 'one'), folder.write('a', 'two')]);
      assert.deepEqual(folder.read('a'), { kind: 'text', text: 'two' });
      assert.deepEqual(readdirSync(join(root, 'own')), ['a']);
      assert.equal(lstatSync(join(root, 'own')).mode & 0o777, 0o700);
      assert.equal(lstatSync(join(root, 'own', 'a')).mode & 0o777, 0o600);
      await folder.remove('a');
      await folder.remove('a');
      assert.deepEqual(folder.read('a'), { kind: 'nothing' });
    });

    it('refuses to be a link, another thing than a folder, or open to others', () => {
      mkdirSync(join(root, 'other'), { mode: 0o700 });
      symlinkSync(join(root, 'other'), join(root, 'link'));
      writeFileSync(join(root, 'file'), '');
      mkdirSync(join(root, 'open'));
      chmodSync(join(root, 'open'), 0o777);
      assert.throws(() => new PrivateFolder(join(root, 'link')), /expected a folder/);
      assert.throws(() => new PrivateFolder(join(root, 'file')), /expected a folder/);
      assert.throws(() => new PrivateFolder(join(root, 'open')), /written to by others \(mode 777/);
      assert.throws(() => new PrivateFolder(join(root, 'no', 'parent')), /ENOENT/);
    });

    it('follows no link, neither to read nor to write', async () => {
      const folder = new PrivateFolder(join(root, 'own'));
      const victim = join(root, 'victim');
      writeFileSync(victim, 'precious');
      symlinkSync(victim, join(root, 'own', 'a'));
      const found = folder.read('a');
      assert.ok(found.kind === 'refused' && /is a link/.test(found.reason), JSON.stringify(found));
      await folder.write('a', 'words of a stranger');
      assert.equal(readFileSync(victim, 'utf8'), 'precious');
      assert.ok(lstatSync(join(root, 'own', 'a')).isFile());
    });

    it('refuses what is too long, no file, or could be of another hand', () => {
      const folder = new PrivateFolder(join(root, 'own'));
      const path = (name: string) => join(root, 'own', name);
      writeFileSync(path('long'), Buffer.alloc(64 * 1024 + 1), { mode: 0o600 });
      mkdirSync(path('folder'));
      writeFileSync(path('open'), '');
      chmodSync(path('open'), 0o666);
      assert.equal(spawnSync('mkfifo', [path('fifo')]).status, 0);
      for (const [name, reason] of [
        ['long', /more than 65536 bytes/],
        ['folder', /is no file/],
        ['open', /may be written to by others/],
        ['fifo', /is no file/],
      ] as const) {
        const found = folder.read(name);
        assert.ok(found.kind === 'refused', `${name}: ${JSON.stringify(found)}`);
        assert.match(found.reason, reason);
      }
    });

    it('says why a text cannot be kept, and goes on with the next one', async () => {
      const folder = new PrivateFolder(join(root, 'own'));
      rmSync(join(root, 'own'), { recursive: true });
      await assert.rejects(folder.write('a', 'one'), /ENOENT/);
      mkdirSync(join(root, 'own'), { mode: 0o700 });
      await folder.write('a', 'two');
      assert.deepEqual(folder.read('a'), { kind: 'text', text: 'two' });
    });
  });

  describe('stateFolder', () => {
    const made = (name: string, mode: number): string => {
      const path = join(root, name);
      mkdirSync(path);
      chmodSync(path, mode);
      return path;
    };
    const pathOf = (env: NodeJS.ProcessEnv): string => {
      const found = stateFolder(env);
      assert.ok(found.kind === 'found', reasonOf(found));
      return found.folder.path;
    };

    it('takes the first place that is sound', () => {
      const [runtime, own, state, home] = [
        made('runtime', 0o700),
        made('own', 0o755),
        join(root, 'state'),
        made('home', 0o755),
      ];
      const env: NodeJS.ProcessEnv = {
        XDG_RUNTIME_DIR: runtime,
        TMPDIR: own,
        XDG_STATE_HOME: state,
        HOME: home,
      };
      assert.equal(pathOf(env), join(runtime, 'st4vla'));
      delete env['XDG_RUNTIME_DIR'];
      assert.equal(pathOf(env), join(own, 'st4vla'));
      env['TMPDIR'] = made('everybody', 0o1777);
      assert.equal(pathOf(env), join(state, 'st4vla'));
      delete env['XDG_STATE_HOME'];
      assert.equal(pathOf(env), join(home, '.local', 'state', 'st4vla'));
    });

    it('leaves out, and says so, a runtime folder that is a link, open to others, or not there', () => {
      const home = made('home', 0o700);
      symlinkSync(made('elsewhere', 0o700), join(root, 'link'));
      for (const [runtime, reason] of [
        [join(root, 'link'), /XDG_RUNTIME_DIR: expected a folder/],
        [made('open', 0o777), /XDG_RUNTIME_DIR: others may write to .*open/],
        [join(root, 'nowhere'), /XDG_RUNTIME_DIR: ENOENT/],
        ['runtime', /XDG_RUNTIME_DIR: expected an absolute path, found runtime/],
      ] as const) {
        const found = stateFolder({ XDG_RUNTIME_DIR: runtime, HOME: home });
        assert.ok(found.kind === 'found', reasonOf(found));
        assert.match(found.notices.join('\n'), reason);
        assert.equal(found.folder.path, join(home, '.local', 'state', 'st4vla'));
      }
    });

    it('refuses a folder above which somebody else could put another one', () => {
      const open = made('open', 0o777);
      const own = join(open, 'own');
      mkdirSync(own, { mode: 0o700 });
      const found = stateFolder({ XDG_RUNTIME_DIR: own, HOME: join(open, 'own') });
      assert.equal(found.kind, 'none');
      assert.match(reasonOf(found), /XDG_RUNTIME_DIR: everybody may write to .*open\n/);
      assert.match(reasonOf(found), /HOME: everybody may write to .*open$/);
      assert.ok(!existsSync(join(own, '.local')));
    });

    it('takes no other place than the one of ST4VLA_STATE_DIR', () => {
      const env = { ST4VLA_STATE_DIR: join(root, 'chosen'), HOME: made('home', 0o700) };
      assert.equal(pathOf(env), join(root, 'chosen'));
      chmodSync(join(root, 'chosen'), 0o777);
      const found = stateFolder(env);
      assert.match(reasonOf(found), /^ST4VLA_STATE_DIR: .*may be written to by others/);
    });

    it('refuses what another user owns', () => {
      const self = process.getuid!();
      // Root alone may give a folder away; to all others root is another user.
      const [theirs, owner] = self === 0 ? [made('theirs', 0o700), 65534] : ['/usr', 0];
      if (self === 0) assert.equal(spawnSync('chown', ['65534', theirs]).status, 0);
      const found = stateFolder({ XDG_RUNTIME_DIR: theirs, HOME: made('home', 0o700) });
      assert.ok(found.kind === 'found', reasonOf(found));
      const expected = `${theirs} belongs to the user ${owner}, not to ${self}`;
      assert.ok(found.notices.join('\n').includes(expected), found.notices.join('\n'));
    });
  });
});
