/** A chunk, record or message that claims to hold more is damaged, bytes: a picture of 16K fits. */
export const LARGEST_CHUNK = 1 << 29;
/** Around what a chunk holds: its header, and padding of a compression that does not pay. */
export const LARGEST_CHUNK_RECORD = LARGEST_CHUNK + (1 << 24);
/** A longer summary is not read, bytes: about an hour of cameras has 100 kB. */
export const LARGEST_SUMMARY = 1 << 26;
/** Of what one schema or channel says, bytes; definitions of ROS have some ten thousand. */
export const LARGEST_DEFINITION = 1 << 22;
/** Of all schemas and channels of a file together, bytes. */
export const LARGEST_TABLE = 1 << 26;

/** Topics beyond these are left out. */
export const MAX_TOPICS = 10_000;
/** Of a topic's and a type's name, and of an encoding's, bytes. */
export const LONGEST_NAME = 1024;
/** Of what a topic says of its quality of service, bytes. */
export const LONGEST_QOS = 1 << 14;

/**
 * What may be made of one file. Messages of recorders differ in time and number, so that each takes
 * some bytes however well it is compressed; a file that was made to swell would keep its reader busy
 * for ever.
 */
export class ReadBudget {
  readonly #fileBytes: number;
  #messages: number;
  #records: number;
  #bytes: number;

  constructor(fileBytes: number) {
    this.#fileBytes = fileBytes;
    this.#messages = 1e6 + fileBytes;
    this.#records = 1e8 + 10 * fileBytes;
    this.#bytes = 2 ** 33 + 1000 * fileBytes;
  }

  /** @throws BudgetError where it is one too many */
  takeMessage(): void {
    if (--this.#messages < 0) this.#refuse('messages');
  }

  /** Of those that are only looked at. */
  takeRecord(): void {
    if (--this.#records < 0) this.#refuse('records');
  }

  /** Of what was decompressed. */
  takeBytes(count: number): void {
    this.#bytes -= count;
    if (this.#bytes < 0) this.#refuse('bytes');
  }

  #refuse(what: string): never {
    throw new BudgetError(`more ${what} than a recording of ${this.#fileBytes} bytes can hold`);
  }
}

/** The reading of a file ends here. */
export class BudgetError extends Error {}
