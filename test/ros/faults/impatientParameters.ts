import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { root } from '../RosSession.ts';

/**
 * Writes the parameters of the WidowX with shorter waits, so that a test takes less time.
 *
 * @returns the file, in `folder`
 */
export function impatientParameters(
  folder: string,
  { staleAfterSec, maxBlindSec }: { readonly staleAfterSec: number; readonly maxBlindSec: number },
): string {
  const file = join(folder, 'parameters.yaml');
  const parameters = parseDocument(readFileSync(join(root, 'config', 'widowx.yaml'), 'utf8'));
  const set = (node: string, values: Record<string, unknown>) => {
    for (const [name, value] of Object.entries(values)) {
      parameters.setIn([`/**/${node}`, 'ros__parameters', name], parameters.createNode(value));
    }
  };
  set('controller', { max_blind: maxBlindSec, stale_after: staleAfterSec });
  set('supervisor', { missed_beats: 8, max_restarts: 4, diagnostics_period: 0.2 });
  for (const node of ['controller', 'perception', 'policy']) set(node, { diagnostics_period: 0.2 });
  writeFileSync(file, parameters.toString());
  return file;
}
