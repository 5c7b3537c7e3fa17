import type { Fault } from '../../core/config/Fault.ts';
import { ANSWER_GRAPHS, type ModelSpec } from '../../core/policy/ModelSpec.ts';

/** Checks that chat, graphs and answers of a language model belong together. */
export function checkAnswers(spec: ModelSpec, source: string, faults: Fault[]): void {
  const { graphs, prompt, spatial, image } = spec;
  const fault = (field: string, expected: string, found: string) =>
    faults.push({ source, field, expected, found });
  const needsChat = graphs.planner_llm.inputs.has('position_ids')
    ? 'planner_llm has the input position_ids'
    : spatial.mode === 'text'
      ? 'spatial.mode is text'
      : undefined;
  if (needsChat !== undefined && !prompt.chat) {
    fault('prompt.chat', `the section, since ${needsChat}`, 'nothing');
  }
  for (const name of ANSWER_GRAPHS) {
    const graph = graphs[name];
    if (spatial.mode === 'text' && !graph) {
      fault(`graphs.${name}`, 'a graph, since spatial.mode is text', 'nothing');
    }
    if (spatial.mode !== 'text' && graph) {
      fault(`graphs.${name}`, `nothing, since spatial.mode is ${spatial.mode}`, 'a graph');
    }
  }
  const length = graphs.planner_llm_kv?.inputs.get('input_ids')?.shape[1];
  if (typeof length === 'number') {
    const expected = 'a length that may vary, since the answer follows the last token';
    fault('graphs.planner_llm_kv.inputs.input_ids', expected, String(length));
  }
  const tokens = graphs.planner_vision.outputs.get('image_features')?.shape[1];
  const pads = prompt.chat && prompt.chat.padsPerView * image.views.length;
  if (pads !== undefined && typeof tokens === 'number' && tokens !== pads) {
    const expected = `${tokens} in all views, as planner_vision gives`;
    fault('prompt.chat.pads_per_view', expected, `${pads}`);
  }
}
