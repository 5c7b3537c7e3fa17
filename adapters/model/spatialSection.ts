import type { FieldReader } from '../../core/config/FieldReader.ts';
import { ANSWER_KINDS, type AnswerKind } from '../../core/plan/AnswerKind.ts';
import type { HeadsSpec, SpatialSpec, TextSpec } from '../../core/policy/ModelSpec.ts';
import { readTemplate } from './promptSection.ts';

export function readSpatial(spatial: FieldReader): SpatialSpec {
  const mode = spatial.at('mode').oneOf(['heads', 'text', 'none']);
  switch (mode) {
    case 'heads':
      return readHeads(spatial);
    case 'text':
      return readText(spatial);
    case 'none':
      spatial.object(['mode']);
      return { mode };
  }
}

function readHeads(spatial: FieldReader): HeadsSpec {
  spatial.object(['mode', 'points', 'boxes', 'trajectory']);
  return {
    mode: 'heads',
    points: spatial.at('points').list((label) => label.string()),
    boxes: spatial.at('boxes').list((label) => label.string()),
    trajectory: spatial.at('trajectory').integer({ min: 1, max: 4096 }),
  };
}

function readText(spatial: FieldReader): TextSpec {
  spatial.object(['mode', 'questions', 'coordinates', 'max_new_tokens', 'eos_ids']);
  const questions = spatial.at('questions').object(ANSWER_KINDS);
  const coordinates = spatial.at('coordinates').object(['width', 'height']);
  const eosIds = spatial.at('eos_ids');
  const ids = eosIds.list((id) => id.integer({ min: 0 }));
  if (Array.isArray(eosIds.value) && ids.length === 0) eosIds.fault('at least one id');
  const texts = ANSWER_KINDS.map((kind) => [
    kind,
    readTemplate(questions.at(kind), ['{instruction}']),
  ]);
  return {
    mode: 'text',
    questions: Object.fromEntries(texts) as Record<AnswerKind, string>,
    coordinates: {
      width: coordinates.at('width').number({ above: 0 }),
      height: coordinates.at('height').number({ above: 0 }),
    },
    maxNewTokens: spatial.at('max_new_tokens').integer({ min: 1, max: 1 << 16 }),
    eosIds: ids,
  };
}
