/** Characters that an instruction may have. */
export const MAX_INSTRUCTION_LENGTH = 512;

/** Why a text can be no instruction, whatever the model; undefined where it can. */
export function instructionFault(text: string): string | undefined {
  if (text.length > MAX_INSTRUCTION_LENGTH) {
    const found = `${text.length} characters, at most ${MAX_INSTRUCTION_LENGTH}`;
    return `the instruction has ${found} are read`;
  }
  return /[\p{L}\p{N}]/u.test(text) ? undefined : 'the instruction has no words';
}

/**
 * Whether two instructions are the same sentence: white space apart, letter by letter. Case counts,
 * since it does for some models.
 */
export function isSameInstruction(one: string, other: string): boolean {
  return one === other || words(one) === words(other);
}

function words(text: string): string {
  return text.trim().replace(/\s+/gu, ' ');
}
