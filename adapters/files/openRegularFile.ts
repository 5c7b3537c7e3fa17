import { closeSync, constants, fstatSync, openSync, statSync, type Stats } from 'node:fs';

/**
 * Opens a file for reading, and nothing else: a pipe would wait for its writer for ever, a device may
 * have no end, and to open one may already do something.
 * @returns the descriptor, which the caller closes
 * @throws Error with what was found instead of a file; an error of the system where nothing is there
 */
export function openRegularFile(path: string): number {
  requireFile(path, statSync(path));
  // Should something else have taken its place meanwhile, it is not waited for.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    requireFile(path, fstatSync(descriptor));
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function requireFile(path: string, found: Stats): void {
  if (!found.isFile()) throw new Error(`${path}: expected a file, found ${kindOf(found)}`);
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a named pipe';
  if (found.isSocket()) return 'a socket';
  return 'a device';
}
