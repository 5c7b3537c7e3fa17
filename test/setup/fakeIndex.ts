import { execFile } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import type { Run } from '../../setup/steps.mjs';

/** A file by its name, as a package index or registry serves it. */
export type Archive = { readonly name: string; readonly data: Buffer };

/** A server of archives that says what was fetched from it. */
export type FakeServer = {
  readonly url: string;
  /** Paths that were asked for, in order. */
  readonly asked: readonly string[];
  readonly close: () => void;
};

/**
 * A package index (PEP 503) at `url`/simple/ with the archives of each project.
 * @param projects archives by the project's normalised name
 */
export function startIndex(
  projects: Readonly<Record<string, readonly Archive[]>>,
): Promise<FakeServer> {
  return serve((pathname) => {
    const project = /^\/simple\/([^/]+)\/$/.exec(pathname)?.[1];
    if (project !== undefined) {
      const links = (projects[project] ?? []).map(
        ({ name }) => `<a href="/files/${name}">${name}</a>`,
      );
      return { type: 'text/html', data: Buffer.from(`<!DOCTYPE html>${links.join('\n')}`) };
    }
    const file = Object.values(projects)
      .flat()
      .find(({ name }) => pathname === `/files/${name}`);
    return file && { type: 'application/octet-stream', data: file.data };
  });
}

/**
 * A registry of npm with one version of each package.
 * @param packages archives by `name`, with the manifest that the registry tells
 */
export function startRegistry(
  packages: Readonly<Record<string, { readonly version: string; readonly data: Buffer }>>,
): Promise<FakeServer> {
  return serve((pathname, url) => {
    const file = /^\/files\/(.+)\.tgz$/.exec(pathname)?.[1];
    if (file !== undefined && packages[file])
      return { type: 'application/octet-stream', data: packages[file].data };
    const name = decodeURIComponent(pathname.slice(1));
    const entry = packages[name];
    if (entry === undefined) return undefined;
    const dist = { tarball: `${url}/files/${name}.tgz`, integrity: integrityOf(entry.data) };
    const manifest = { name, version: entry.version, dist };
    const document = { name, 'dist-tags': { latest: entry.version } };
    const text = JSON.stringify({ ...document, versions: { [entry.version]: manifest } });
    return { type: 'application/json', data: Buffer.from(text) };
  });
}

function serve(
  answer: (pathname: string, url: string) => { type: string; data: Buffer } | undefined,
): Promise<FakeServer> {
  const asked: string[] = [];
  let url = '';
  const server = http.createServer((request, response) => {
    const pathname = new URL(request.url ?? '/', url).pathname;
    asked.push(pathname);
    const found = answer(pathname, url);
    response.writeHead(found ? 200 : 404, { 'content-type': found?.type ?? 'text/plain' });
    response.end(found?.data);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      resolve({ url, asked, close: () => void server.close() });
    });
  });
}

export function integrityOf(data: Buffer): string {
  return `sha512-${crypto.createHash('sha512').update(data).digest('base64')}`;
}

export function sha256Of(data: Buffer): string {
  return crypto.createHash('sha256').update(data).digest('hex');
}

/** A gzipped tar (POSIX ustar) of texts by their paths. */
export function tarOf(files: Readonly<Record<string, string>>): Buffer {
  const blocks = Object.entries(files).flatMap(([name, text]) => {
    const data = Buffer.from(text);
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write('0000644\0', 100);
    header.write(`${data.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write('00000000000\0', 136);
    header.write('        0', 148); // the checksum counts its own field as spaces; type 0, a file
    header.write('ustar\x0000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const padding = Buffer.alloc((512 - (data.length % 512)) % 512);
    return [header, data, padding];
  });
  return zlib.gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

/** A ZIP without compression, enough for a Python wheel. */
export function zipOf(files: Readonly<Record<string, string>>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const data = Buffer.from(text);
    const fields = Buffer.alloc(26); // what the local and the central header have in common
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(0x21, 8); // 1 January 1980, the first day that ZIP knows
    fields.writeUInt32LE(zlib.crc32(data), 10);
    fields.writeUInt32LE(data.length, 14);
    fields.writeUInt32LE(data.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), data]);
    parts.push(local);
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), fields, place, Buffer.from(name));
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}

/** A wheel of a package with one module. */
export function wheelOf(name: string, version: string, module: string): Archive {
  const info = `${name}-${version}.dist-info`;
  const data = zipOf({
    [`${name}.py`]: module,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
    [`${info}/WHEEL`]:
      'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    [`${info}/RECORD`]: `${name}.py,,\n${info}/METADATA,,\n${info}/WHEEL,,\n${info}/RECORD,,\n`,
  });
  return { name: `${name}-${version}-py3-none-any.whl`, data };
}

/** Writes a text, with its folders. */
export function writeText(folder: string, name: string, text: string): string {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  return file;
}

/** Runs a command in silence. */
export const run: Run = async (command, args, options = {}) => {
  await promisify(execFile)(command, args, options);
};
