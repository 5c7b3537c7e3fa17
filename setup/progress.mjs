// One line per step: live on a terminal, two plain lines elsewhere.

export class Progress {
  #title;
  #usualSec;
  #started = Date.now();
  #note = '';
  #live = process.stderr.isTTY === true;
  /** @type {NodeJS.Timeout} */
  #timer;

  /** @param {string} title @param {number} usualSec */
  constructor(title, usualSec) {
    this.#title = title;
    this.#usualSec = usualSec;
    if (!this.#live) process.stderr.write(`${title}: usually ${usualSec} s\n`);
    this.#timer = setInterval(() => this.#tick(), this.#live ? 250 : 30_000);
    this.#timer.unref();
  }

  /** @param {string} output of the running command; its last line is shown */
  note(output) {
    const lines = output.split(/[\r\n]+/).filter((line) => line.trim() !== '');
    // oxlint-disable-next-line no-control-regex -- colour codes of the tools would garble our line
    this.#note = (lines.at(-1) ?? this.#note).replace(/\x1b\[[0-9;]*[A-Za-z]/g, '').trim();
  }

  done() {
    this.#end(`${this.#title}: done in ${this.#elapsed()} s`);
  }

  failed() {
    this.#end(`${this.#title}: failed after ${this.#elapsed()} s`);
  }

  #elapsed() {
    return ((Date.now() - this.#started) / 1000).toFixed(0);
  }

  #tick() {
    const line = `${this.#title}: ${this.#elapsed()} s of about ${this.#usualSec} s`;
    if (!this.#live) return void process.stderr.write(`${line}\n`);
    const width = (process.stderr.columns || 80) - 1;
    process.stderr.write(`\r\x1b[K${`${line}  ${this.#note}`.slice(0, width)}`);
  }

  /** @param {string} line */
  #end(line) {
    clearInterval(this.#timer);
    process.stderr.write(this.#live ? `\r\x1b[K${line}\n` : `${line}\n`);
  }
}
