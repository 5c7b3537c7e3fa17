import type { ChatSpec, PromptSpec } from './ModelSpec.ts';

/** The operator's text as it is set into a prompt: marks that close the sentence are dropped. */
export function sentenceOf(
  instruction: string,
  { lowercase }: Pick<PromptSpec, 'lowercase'>,
): string {
  const sentence = instruction.trim().replace(/[\s.!?。]+$/u, '');
  return lowercase ? sentence.toLowerCase() : sentence;
}

/** What the planner reads: the sentence set into a template. */
export function buildPrompt(sentence: string, template: string): string {
  return template.replace('{instruction}', () => sentence);
}

/** A prompt and this many pictures as a conversation. */
export function buildChat(prompt: string, chat: ChatSpec, views: number): string {
  const picture = chat.image.replace('{pads}', () => chat.pad.repeat(chat.padsPerView));
  return chat.text
    .split('{prompt}')
    .map((part) => part.replace('{images}', () => picture.repeat(views)))
    .join(prompt);
}
