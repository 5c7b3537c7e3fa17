/** Entry tags of an ELF dynamic section (System V ABI, chapter 5). */
const DT_NULL = 0n;
const DT_NEEDED = 1n;
const SHT_DYNAMIC = 6;
const ENTRY_SIZE = 16;

/**
 * Removes the libraries that `unwanted` names from the "needed" list of an ELF64 little-endian shared
 * library, in place: later entries move up, and the freed end of the list becomes DT_NULL.
 * @returns the removed names
 */
export function removeNeeded(elf: Buffer, unwanted: (library: string) => boolean): string[] {
  const { entries, strings } = dynamicSection(elf);
  const removed: string[] = [];
  let kept = 0;
  for (let i = 0; i < entries.length; i += ENTRY_SIZE) {
    const entry = entries.subarray(i, i + ENTRY_SIZE);
    if (entry.readBigUInt64LE(0) === DT_NEEDED) {
      const name = stringAt(strings, Number(entry.readBigUInt64LE(8)));
      if (unwanted(name)) {
        removed.push(name);
        continue;
      }
    }
    entry.copy(entries, kept);
    kept += ENTRY_SIZE;
  }
  for (; kept < entries.length; kept += ENTRY_SIZE) {
    entries.writeBigUInt64LE(DT_NULL, kept);
    entries.writeBigUInt64LE(0n, kept + 8);
  }
  return removed;
}

/** The dynamic entries and their string table, both views into `elf`. */
function dynamicSection(elf: Buffer): { entries: Buffer; strings: Buffer } {
  if (elf.length < 64 || elf.readUInt32BE(0) !== 0x7f454c46 || elf[4] !== 2 || elf[5] !== 1)
    throw new Error('not an ELF64 little-endian file');
  const tableOffset = Number(elf.readBigUInt64LE(0x28));
  const headerSize = elf.readUInt16LE(0x3a);
  const headerCount = elf.readUInt16LE(0x3c);
  const headers = Array.from({ length: headerCount }, (_, i) =>
    elf.subarray(tableOffset + i * headerSize, tableOffset + (i + 1) * headerSize),
  );
  const dynamic = headers.find((header) => header.readUInt32LE(4) === SHT_DYNAMIC);
  const strings = dynamic && headers[dynamic.readUInt32LE(0x28)];
  if (!dynamic || !strings) throw new Error('ELF file without a dynamic section');
  return { entries: sectionContent(elf, dynamic), strings: sectionContent(elf, strings) };
}

function sectionContent(elf: Buffer, header: Buffer): Buffer {
  const offset = Number(header.readBigUInt64LE(0x18));
  return elf.subarray(offset, offset + Number(header.readBigUInt64LE(0x20)));
}

function stringAt(strings: Buffer, offset: number): string {
  return strings.toString('latin1', offset, strings.indexOf(0, offset));
}
