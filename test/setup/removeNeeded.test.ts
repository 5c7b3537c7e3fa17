import assert from 'node:assert/strict';
import { removeNeeded } from '../../cli/setup/removeNeeded.ts';

const DT_NULL = 0;
const DT_NEEDED = 1;
const DT_STRTAB = 5;

/** The least ELF64 file with a dynamic section: header, strings, entries, three section headers. */
function elfWith(entries: readonly (readonly [number, string | number])[]): Buffer {
  let strings = '\0';
  const rows = entries.map(([tag, value]) => {
    if (typeof value === 'number') return [tag, value] as const;
    const offset = strings.length;
    strings += `${value}\0`;
    return [tag, offset] as const;
  });
  const stringsAt = 64;
  const dynamicAt = stringsAt + strings.length;
  const headersAt = dynamicAt + rows.length * 16;
  const elf = Buffer.alloc(headersAt + 3 * 64);
  elf.writeUInt32BE(0x7f454c46, 0);
  elf[4] = 2; // 64 bit
  elf[5] = 1; // little endian
  elf.writeBigUInt64LE(BigInt(headersAt), 0x28);
  elf.writeUInt16LE(64, 0x3a);
  elf.writeUInt16LE(3, 0x3c);
  elf.write(strings, stringsAt, 'latin1');
  rows.forEach(([tag, value], i) => {
    elf.writeBigUInt64LE(BigInt(tag), dynamicAt + i * 16);
    elf.writeBigUInt64LE(BigInt(value), dynamicAt + i * 16 + 8);
  });
  const section = (i: number, type: number, at: number, size: number, link: number): void => {
    const header = headersAt + i * 64;
    elf.writeUInt32LE(type, header + 4);
    elf.writeBigUInt64LE(BigInt(at), header + 0x18);
    elf.writeBigUInt64LE(BigInt(size), header + 0x20);
    elf.writeUInt32LE(link, header + 0x28);
  };
  section(1, 3, stringsAt, strings.length, 0);
  section(2, 6, dynamicAt, rows.length * 16, 1);
  return elf;
}

describe('removeNeeded', () => {
  it('takes the named libraries out and keeps everything else in order', () => {
    const elf = elfWith([
      [DT_NEEDED, 'libc.so'],
      [DT_NEEDED, 'liba_py.so'],
      [DT_NEEDED, 'librcl.so'],
      [DT_NEEDED, 'libb_py.so'],
      [DT_STRTAB, 77],
      [DT_NULL, 0],
    ]);
    const removed = removeNeeded(elf, (name) => name.endsWith('_py.so'));
    assert.deepEqual(removed, ['liba_py.so', 'libb_py.so']);
    const expected = elfWith([
      [DT_NEEDED, 'libc.so'],
      [DT_NEEDED, 'liba_py.so'],
      [DT_NEEDED, 'librcl.so'],
      [DT_NEEDED, 'libb_py.so'],
      [DT_STRTAB, 77],
      [DT_NULL, 0],
    ]);
    const dynamicAt = 64 + '\0libc.so\0liba_py.so\0librcl.so\0libb_py.so\0'.length;
    const offsets = { libc: 1, librcl: '\0libc.so\0liba_py.so\0'.length };
    const rows = [
      [DT_NEEDED, offsets.libc],
      [DT_NEEDED, offsets.librcl],
      [DT_STRTAB, 77],
      [DT_NULL, 0],
      [DT_NULL, 0],
      [DT_NULL, 0],
    ] as const;
    rows.forEach(([tag, value], i) => {
      expected.writeBigUInt64LE(BigInt(tag), dynamicAt + i * 16);
      expected.writeBigUInt64LE(BigInt(value), dynamicAt + i * 16 + 8);
    });
    assert.deepEqual(elf, expected);
  });

  it('leaves a file alone that needs none of them, and does nothing the second time', () => {
    const elf = elfWith([
      [DT_NEEDED, 'libc.so'],
      [DT_NEEDED, 'lib_py.so'],
      [DT_NULL, 0],
    ]);
    const unwanted = (name: string): boolean => name === 'lib_py.so';
    removeNeeded(elf, unwanted);
    const once = Buffer.from(elf);
    assert.deepEqual(removeNeeded(elf, unwanted), []);
    assert.deepEqual(elf, once);
  });

  it('refuses what is no ELF64 library', () => {
    assert.throws(() => removeNeeded(Buffer.from('#!/bin/sh\n'), () => true), /not an ELF64/);
    assert.throws(() => removeNeeded(Buffer.alloc(64), () => true), /not an ELF64/);
  });
});
