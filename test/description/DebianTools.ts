import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { stateDir } from '../../setup/paths.mjs';

const execute = promisify(execFile);

/** Packages of Debian and Ubuntu with the reference readers of SDF and URDF, and a DDS with security. */
const PACKAGES = ['libsdformat-dev', 'liburdfdom-tools', 'libfastrtps-dev'];

const root = path.join(stateDir, 'debian');

/** Libraries of `describe_sdf.cpp`. */
export const SDF_LIBRARIES = /^lib(sdformat\d+|(ignition|gz)-math\d+)\.so$/;

/**
 * The reference readers of SDF and URDF, libsdformat and urdfdom, and Fast DDS with its security plugins
 * (which the ROS 2 wheels lack), from the machine's own apt archive. What is not installed is unpacked
 * into .st4vla/debian: that needs no root and changes nothing else.
 */
export class DebianTools {
  /** Where the packages were unpacked, and then the machine itself. */
  readonly #prefixes: readonly string[];

  private constructor(prefixes: readonly string[]) {
    this.#prefixes = prefixes;
  }

  /**
   * Resolves with a text that says why there are none, on machines without apt or with archives that
   * lack them. Where they should be had and are not, it throws.
   */
  static async install(): Promise<DebianTools | string> {
    for (const program of ['apt-get', 'dpkg-deb'])
      if (!isOnPath(program)) return `no ${program} on this machine`;
    const unpacked = path.join(root, PACKAGES.join('+'));
    if (!fs.existsSync(unpacked)) {
      const refusal = await unpackMissing(unpacked);
      if (refusal !== undefined) return refusal;
    }
    return new DebianTools([unpacked, '/']);
  }

  /** Environment in which the packages' programs find their libraries. */
  get environment(): NodeJS.ProcessEnv {
    return { ...process.env, LD_LIBRARY_PATH: this.#find('usr/lib', /-linux-gnu$/).join(':') };
  }

  /** A program of the packages; throws where it is not among them. */
  program(name: string): string {
    const found = this.#find('usr/bin', new RegExp(`^${name}$`))[0];
    if (found === undefined) throw new Error(`no ${name} in ${this.#prefixes.join(', ')}`);
    return found;
  }

  /**
   * Compiles a source against libraries of the packages, once; resolves with the program.
   * @param libraries matches their files without the version, e.g. `libfastrtps.so`
   */
  async compile(source: string, libraries: RegExp): Promise<string> {
    const program = path.join(root, path.basename(source, '.cpp'));
    const stamp = `${program}.source`;
    const text = fs.readFileSync(source, 'utf8');
    if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === text) return program;
    const includes = [
      ...this.#find('usr/include', /^sdformat-/),
      ...['ignition', 'gz'].flatMap((family) => this.#find(`usr/include/${family}`, /\d$/)),
      ...this.#find('usr/include', /-linux-gnu$/),
      ...this.#find('usr', /^include$/),
    ];
    const folders = this.#find('usr/lib', /-linux-gnu$/);
    const files = folders.flatMap((folder) =>
      fs.readdirSync(folder).filter((name) => libraries.test(name)),
    );
    await execute('c++', [
      '-std=c++17',
      '-O0',
      '-o',
      program,
      source,
      ...includes.map((folder) => `-I${folder}`),
      ...folders.flatMap((folder) => [`-L${folder}`, `-Wl,-rpath-link,${folder}`]),
      ...[...new Set(files)].map((name) => `-l:${name}`),
    ]);
    fs.writeFileSync(stamp, text);
    return program;
  }

  #find(folder: string, name: RegExp): string[] {
    return this.#prefixes.flatMap((prefix) => {
      const parent = path.join(prefix, folder);
      if (!fs.existsSync(parent)) return [];
      const names = fs.readdirSync(parent).filter((entry) => name.test(entry));
      return names.map((entry) => path.join(parent, entry));
    });
  }
}

/** Whatever the packages need that is not installed; nothing where all of it is. */
async function unpackMissing(target: string): Promise<string | undefined> {
  const next = fs.mkdtempSync(path.join(makeFolder(root), 'next-'));
  try {
    const options = ownApt(next);
    await execute('apt-get', [...options, 'update']);
    let plan: string;
    try {
      const simulation = ['install', '--simulate', '--no-install-recommends', ...PACKAGES];
      plan = (await execute('apt-get', [...options, ...simulation])).stdout;
    } catch (error) {
      const text = String(error);
      if (/Unable to locate package/.test(text))
        return `the apt archive of this machine lacks ${PACKAGES.join(' or ')}`;
      throw error;
    }
    const missing = [...plan.matchAll(/^Inst (\S+) .*?\((\S+)/gm)].map(
      ([, name, version]) => `${name}=${version}`,
    );
    const archives = makeFolder(path.join(next, 'archives'));
    const files = makeFolder(path.join(next, 'unpacked'));
    if (missing.length > 0)
      await execute('apt-get', [...options, 'download', ...missing], { cwd: archives });
    for (const archive of fs.readdirSync(archives))
      await execute('dpkg-deb', ['-x', path.join(archives, archive), files]);
    if (!fs.existsSync(target)) fs.renameSync(files, target); // another run may have been faster
    return undefined;
  } finally {
    fs.rmSync(next, { recursive: true, force: true });
  }
}

/** apt with the machine's archives and state, but lists and downloads of its own. */
function ownApt(folder: string): string[] {
  makeFolder(path.join(folder, 'lists', 'partial'));
  makeFolder(path.join(folder, 'cache', 'archives', 'partial'));
  const settings = [
    `Dir::State::Lists=${path.join(folder, 'lists')}`,
    `Dir::Cache=${path.join(folder, 'cache')}`,
    'Debug::NoLocking=true',
    'APT::Sandbox::User=root', // downloads into a folder that apt's own user may not enter
    // Hashes of unsigned lists prove nothing.
    'Acquire::AllowInsecureRepositories=false',
    'APT::Get::AllowUnauthenticated=false',
    'Acquire::Languages=none',
    'Acquire::Retries=3',
  ];
  return ['-q', '-y', ...settings.flatMap((setting) => ['-o', setting])];
}

function makeFolder(folder: string): string {
  fs.mkdirSync(folder, { recursive: true });
  return folder;
}

function isOnPath(program: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(':');
  return folders.some((folder) => fs.existsSync(path.join(folder, program)));
}
