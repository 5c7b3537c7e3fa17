// One finding of a check, and findings as a table for people.

/**
 * @typedef {object} Finding
 * @property {string} name what was looked at
 * @property {'ok' | 'todo' | 'warn' | 'bad'} status todo: set-up has not made it yet, and will
 * @property {string} found
 * @property {string} [remedy] what to do about it; always there when the status is bad
 */

const marks = { ok: 'ok', todo: '..', warn: '!', bad: 'BAD' };

/** @param {readonly Finding[]} findings @returns {string} */
export function formatFindings(findings) {
  const width = Math.max(...findings.map((f) => f.name.length));
  const lines = findings.flatMap((f) => {
    const line = `${marks[f.status].padEnd(4)} ${f.name.padEnd(width)}  ${f.found}`;
    const remedy = f.status !== 'ok' && f.remedy ? [`${' '.repeat(width + 7)}→ ${f.remedy}`] : [];
    return [line, ...remedy];
  });
  return lines.join('\n');
}
