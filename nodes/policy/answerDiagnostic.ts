import type { Diagnostic } from '../shared/diagnostics/DiagnosticsPublisher.ts';
import type { SpatialQuestionQueue } from './SpatialQuestionQueue.ts';

/** How the questions fare, and what could not be read of the last answer. */
export function answerDiagnostic({
  counts,
  last,
}: Pick<SpatialQuestionQueue, 'counts' | 'last'>): Diagnostic {
  const problems = last?.reading.problems.join('; ') ?? '';
  const isReadable = last?.reading.isReadable ?? true;
  return {
    part: 'answers',
    level: problems === '' ? 'ok' : 'warn',
    message: problems === '' ? '' : `${isReadable ? 'read in part' : 'unreadable'}: ${problems}`,
    values: {
      ...counts,
      last_text: last?.plan.rawText ?? '',
      last_tokens: last?.ids.length ?? 0,
      last_latency_ms: last ? (last.plan.latencySec * 1e3).toFixed(0) : '',
    },
  };
}
