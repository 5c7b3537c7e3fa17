import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBag } from '../../../adapters/bags/openBag.ts';
import { readEpisodeFacts } from '../../../adapters/bags/readEpisodeFacts.ts';
import { openRegularFile } from '../../../adapters/files/openRegularFile.ts';
import { parseYaml } from '../../../adapters/files/parseYaml.ts';
import { readBoundedBytes, readBoundedText } from '../../../adapters/files/readBounded.ts';
import { DatasetReader } from '../../../adapters/lerobot/DatasetReader.ts';
import { ModelPackage } from '../../../adapters/model/ModelPackage.ts';
import { readPipelineParameters } from '../../../cli/replay/pipelineParameters.ts';
import { GoldenReader } from '../../../lab/replay/GoldenFile.ts';

describe('what is opened as a file', () => {
  let folder: string;
  let pipe: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'st4vla-files-'));
    pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
  });
  after(() => rmSync(folder, { recursive: true }));

  it('is no pipe, device, socket or folder', async () => {
    const socket = join(folder, 'socket');
    const server = createServer().listen(socket);
    await new Promise((resolve) => server.once('listening', resolve));
    assert.throws(() => openRegularFile(pipe), /expected a file, found a named pipe/);
    assert.throws(() => openRegularFile('/dev/zero'), /found a device/);
    assert.throws(() => openRegularFile(socket), /found a socket/);
    assert.throws(() => openRegularFile(folder), /found a folder/);
    assert.throws(() => openRegularFile(join(folder, 'none')), /ENOENT/);
    server.close();
  });

  it('is looked at before it is read', () => {
    const path = join(folder, 'large');
    writeFileSync(path, 'text');
    assert.equal(readBoundedText(path, 4), 'text');
    assert.throws(() => readBoundedText(path, 3), /a file of at most 3 bytes, found 4/);
    truncateSync(path, 1e12);
    assert.throws(() => readBoundedBytes(path, 1e6), /at most 1000000 bytes, found 1000000000000/);
  });

  it('never keeps anybody waiting: bags, episodes, datasets, models, parameters, golden files', async () => {
    const make = (...names: readonly string[]) => {
      const [path] = names.map((name) => join(folder, name));
      execFileSync('mkdir', ['-p', join(path!, '..')]);
      execFileSync('mkfifo', [path!]);
      return join(path!, '..');
    };
    await assert.rejects(openBag(join(make('a/x.mcap'), 'x.mcap')), /found a named pipe/);
    await assert.rejects(openBag(join(make('b/x.db3'), 'x.db3')), /found a named pipe/);
    await assert.rejects(openBag(make('c/x.mcap')), /found a named pipe/);
    await assert.rejects(openBag(make('d/metadata.yaml')), /found a named pipe|expected/);
    assert.throws(() => readEpisodeFacts(make('e/episode.yaml')), /found a named pipe/);
    const dataset = join(make('f/meta/info.json'), '..');
    await assert.rejects(DatasetReader.open(dataset), /found a named pipe/);
    await assert.rejects(ModelPackage.load(make('g/manifest.json')), /found a named pipe/);
    await assert.rejects(GoldenReader.open(pipe), /found a named pipe/);
    const faults: string[] = [];
    readPipelineParameters(pipe, '', (fault) => faults.push(fault));
    assert.match(faults.join(), /found a named pipe/);
  });
});

describe('parseYaml', () => {
  it('gives what a document holds', () => {
    assert.deepEqual(parseYaml('a: [1, {b: "c"}]\nd: &x\n  e: on\nf: *x\n'), {
      a: [1, { b: 'c' }],
      d: { e: 'on' },
      f: { e: 'on' },
    });
    assert.deepEqual(parseYaml('a: on\nb: 0x10', { version: '1.1' }), { a: true, b: 16 });
    assert.equal(parseYaml(''), null);
    assert.equal(parseYaml('# nothing\n'), null);
  });

  const FAULTS: readonly (readonly [text: string, reason: RegExp])[] = [
    ['a: 1\nb: [', /^Error: line 2: Flow sequence.*end with a \]/],
    ['a: 1\nb: 2\na: 3', /line 3: map keys must be unique/],
    ['a: 1\n}\n', /line 2: Unexpected/],
    ['a: 1\n---\nb: 2', /expected one document/],
    ['a: b: c', /line 1: Nested mappings/],
    ['a: "\x1b[2J', /line 1: /],
  ];
  for (const [text, reason] of FAULTS) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseYaml(text), reason);
    });
  }

  it('takes no more time for what is made to take it', () => {
    const size = 60_000;
    const startMs = performance.now();
    const pieces = [
      '&a ',
      '[,',
      ',',
      '}\n',
      '[',
      '{',
      '- ',
      '? ',
      '-\n',
      '!x ',
      '"',
      '---\n',
      '{a: ',
    ];
    for (const piece of pieces) {
      assert.throws(() => parseYaml(piece.repeat(size / piece.length)), Error, piece);
    }
    let bomb = 'a0: &a0 x\n';
    for (let i = 1; i < 40; i++) bomb += `a${i}: &a${i} [*a${i - 1}, *a${i - 1}, *a${i - 1}]\n`;
    assert.throws(() => parseYaml(bomb), /alias/);
    const keys = Array.from({ length: 8000 }, (_, i) => `key${i}: 1`).join('\n');
    assert.equal(Object.keys(parseYaml(keys) as object).length, 8000);
    // The library alone takes minutes, for several of them each.
    const seconds = (performance.now() - startMs) / 1000;
    assert.ok(seconds < 20, `${seconds} s`);
  });
});
