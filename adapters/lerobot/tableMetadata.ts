import type { Feature } from './DatasetInfo.ts';
import type { KeyValue } from './ParquetTable.ts';

/** What the package `datasets` reads the types of columns from: which ones are pictures. */
export function huggingfaceMetadata(features: ReadonlyMap<string, Feature>): KeyValue {
  const typed = [...features].map(([name, feature]) => [name, huggingfaceType(feature)]);
  const info = { features: Object.fromEntries(typed) };
  return { key: 'huggingface', value: JSON.stringify({ info }) };
}

function huggingfaceType({ dtype, shape }: Feature) {
  if (dtype === 'image') return { _type: 'Image' };
  const plain = { dtype, _type: 'Value' };
  return shape[0] === 1 ? plain : { feature: plain, length: shape[0], _type: 'List' };
}

/** What pandas reads which column is the index from: the tasks themselves. */
export function taskMetadata(): KeyValue {
  const column = (name: string | null, field: string, pandasType: string, numpyType: string) => {
    return {
      name,
      field_name: field,
      pandas_type: pandasType,
      numpy_type: numpyType,
      metadata: null,
    };
  };
  const index = '__index_level_0__';
  const value = {
    index_columns: [index],
    column_indexes: [
      { ...column(null, 'None', 'unicode', 'object'), metadata: { encoding: 'UTF-8' } },
    ],
    columns: [
      column('task_index', 'task_index', 'int64', 'int64'),
      column(null, index, 'unicode', 'object'),
    ],
    creator: { library: 'st4vla_ros', version: '1' },
    pandas_version: '2.0.0',
  };
  return { key: 'pandas', value: JSON.stringify(value) };
}
