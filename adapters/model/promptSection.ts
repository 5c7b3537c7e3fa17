import { showValue } from '../../core/config/Fault.ts';
import type { FieldReader } from '../../core/config/FieldReader.ts';
import type { ChatSpec, PromptSpec } from '../../core/policy/ModelSpec.ts';

export function readPrompt(prompt: FieldReader): PromptSpec {
  prompt.object(['template', 'lowercase', 'max_tokens', 'chat']);
  return {
    template: readTemplate(prompt.at('template'), ['{instruction}']),
    lowercase: prompt.at('lowercase').boolean(),
    maxTokens: prompt.at('max_tokens').integer({ min: 1, max: 1 << 20 }),
    chat: prompt.at('chat').present ? readChat(prompt.at('chat')) : undefined,
  };
}

/** A text that has each of these places exactly once. */
export function readTemplate(field: FieldReader, places: readonly string[]): string {
  const text = field.string();
  if (text !== '' && places.some((place) => text.split(place).length !== 2)) {
    field.fault(`a text with ${places.join(' and ')} exactly once`);
  }
  return text;
}

function readChat(chat: FieldReader): ChatSpec {
  chat.object(['text', 'image', 'pad', 'pads_per_view', 'image_token_id', 'grid']);
  const padsPerView = chat.at('pads_per_view').integer({ min: 1, max: 1 << 16 });
  const grid = chat.at('grid');
  const [rows = 1, columns = 1] = grid.list((side) => side.integer({ min: 1, max: 4096 }), 2);
  if (rows * columns !== padsPerView) {
    grid.fault(`rows and columns of pads_per_view (${padsPerView})`, showValue(grid.value));
  }
  return {
    text: readTemplate(chat.at('text'), ['{images}', '{prompt}']),
    image: readTemplate(chat.at('image'), ['{pads}']),
    pad: chat.at('pad').string(),
    padsPerView,
    imageTokenId: chat.at('image_token_id').integer({ min: 0 }),
    grid: [rows, columns],
  };
}
