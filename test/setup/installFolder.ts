import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { FakeServer } from './fakeIndex.ts';

/** What a test of an installation gets: an empty folder, and a place for the server it starts. */
export type InstallFolder = { path: string; server: FakeServer | undefined };

/**
 * Gives every test of the enclosing `describe` an empty folder; after it, closes the server that the
 * test started and removes the folder.
 */
export function useInstallFolder(): InstallFolder {
  const folder: InstallFolder = { path: '', server: undefined };
  beforeEach(() => (folder.path = fs.mkdtempSync(path.join(os.tmpdir(), 'install-'))));
  afterEach(() => {
    folder.server?.close();
    folder.server = undefined;
    fs.rmSync(folder.path, { recursive: true });
  });
  return folder;
}
