import { Composer, type Document, isScalar, Parser, visit } from 'yaml';

import { printable } from '../../core/text/printable.ts';

export type YamlOptions = {
  /** ROS reads 1.1, where `on` is true; 1.2 by default. */
  readonly version?: '1.1' | '1.2';
};

/** Brackets or dashes without anything between them, more than any person writes. */
const NESTED = /(?:[[{]\s*){200}|(?:[-?]\s+){200}/;

type Place = number | readonly number[] | { readonly offset: number };

/**
 * A YAML document of a stranger's: its first fault ends the reading, where the library would collect
 * them all and take time in the square of their number, as it does to see that keys are different.
 * A megabyte may still take ten seconds: bound the text's size before.
 * @throws Error with the line and what is wrong there
 */
export function parseYaml(text: string, { version = '1.2' }: YamlOptions = {}): unknown {
  const refuse = (place: Place, message: string): never => {
    // The library hands on what was thrown below as a fault of what is around it.
    const isPlaced = /^line \d+: /.test(message);
    throw new Error(isPlaced ? message : `line ${lineOf(text, place)}: ${printable(message)}`);
  };
  const nested = NESTED.exec(text);
  if (nested) refuse(nested.index, 'nested too deeply');
  const composer = new Composer({ version, uniqueKeys: false, logLevel: 'silent' });
  // What it calls at each fault and each warning.
  Object.assign(composer, {
    onError: (place: Place, _code: string, message: string, isWarning?: boolean) => {
      if (!isWarning) refuse(place, message);
    },
  });
  const documents: Document[] = [];
  for (const token of new Parser().parse(text)) {
    if (token.type === 'error') refuse(token, token.message);
    documents.push(...composer.next(token));
    if (documents.length > 1) break;
  }
  documents.push(...composer.end());
  if (documents.length > 1) throw new Error('expected one document, found several');
  const [document] = documents;
  if (document === undefined) return null;
  for (const fault of document.errors) refuse(fault.pos, fault.message);
  requireDifferentKeys(document, refuse);
  return document.toJS();
}

function requireDifferentKeys(
  document: Document,
  refuse: (place: Place, message: string) => never,
): void {
  visit(document, {
    Map: (_, map) => {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key) || key.value === '<<') continue;
        if (seen.has(key.value)) refuse(key.range?.[0] ?? 0, 'map keys must be unique');
        seen.add(key.value);
      }
    },
  });
}

function lineOf(text: string, place: Place): number {
  const offset =
    typeof place === 'number' ? place : 'offset' in place ? place.offset : (place[0] ?? 0);
  return text.slice(0, offset).split('\n').length;
}
