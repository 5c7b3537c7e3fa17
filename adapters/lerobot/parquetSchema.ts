import type { SchemaElement } from 'hyparquet';
import type { Feature } from './DatasetInfo.ts';

/** What a column of a table holds; a list of lists for each depth above 0. */
export type ColumnType = {
  readonly of: 'FLOAT' | 'DOUBLE' | 'INT64' | 'BOOLEAN' | 'STRING' | 'PICTURE';
  readonly depth: number;
};

/** Of a feature in the table of frames. */
export function columnTypeOf({ dtype, shape }: Feature): ColumnType {
  const isPlain = shape.length === 1 && shape[0] === 1;
  const depth = isPlain || dtype === 'image' || dtype === 'string' ? 0 : shape.length;
  switch (dtype) {
    case 'float32':
      return { of: 'FLOAT', depth };
    case 'float64':
      return { of: 'DOUBLE', depth };
    case 'int64':
      return { of: 'INT64', depth };
    case 'bool':
      return { of: 'BOOLEAN', depth };
    case 'string':
      return { of: 'STRING', depth };
    case 'image':
      return { of: 'PICTURE', depth };
    case 'video':
      throw new RangeError('videos are files of their own');
  }
}

/** The schema of a table, in which anything may be missing, as Arrow writes it. */
export function parquetSchema(columns: ReadonlyMap<string, ColumnType>): SchemaElement[] {
  return [
    { name: 'schema', num_children: columns.size },
    ...[...columns].flatMap(([name, { of, depth }]) => elements(name, of, depth)),
  ];
}

function elements(name: string, of: ColumnType['of'], depth: number): SchemaElement[] {
  const optional = { name, repetition_type: 'OPTIONAL' } as const;
  if (depth > 0) {
    return [
      { ...optional, num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      ...elements('element', of, depth - 1),
    ];
  }
  if (of === 'PICTURE') {
    const bytes = { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' } as const;
    return [{ ...optional, num_children: 2 }, bytes, ...elements('path', 'STRING', 0)];
  }
  if (of === 'STRING') {
    const logical_type = { type: 'STRING' } as const;
    return [{ ...optional, type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type }];
  }
  return [{ ...optional, type: of }];
}
