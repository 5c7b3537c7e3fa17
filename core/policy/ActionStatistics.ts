import { type Fault } from '../config/Fault.ts';
import { FieldReader } from '../config/FieldReader.ts';

/** Undoes the normalisation of actions: where `mask`, −1…1 is q01…q99. */
export type ActionStatistics = {
  readonly q01: readonly number[];
  readonly q99: readonly number[];
  readonly mask: readonly boolean[];
};

export type StatisticsResult =
  | { readonly ok: true; readonly byKey: ReadonlyMap<string, ActionStatistics> }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Reads `dataset_statistics.json`; what else it holds is left alone. */
export function parseStatistics(
  json: unknown,
  source: string,
  { dim, gripperIndex }: { readonly dim: number; readonly gripperIndex: number },
): StatisticsResult {
  const faults: Fault[] = [];
  const byKey = new FieldReader(json, source, faults).record((set) => {
    const action = set.at('action');
    const q01 = action.at('q01').numbers(dim);
    const q99 = action.at('q99').numbers(dim);
    const mask = action.at('mask').list((flag) => flag.boolean(), dim);
    if (q99.some((high, i) => high < (q01[i] ?? high))) {
      action.at('q99').fault('no number below that of q01');
    }
    if (mask[gripperIndex]) action.at('mask').fault(`false for the gripper, index ${gripperIndex}`);
    return { q01, q99, mask };
  });
  return faults.length === 0 ? { ok: true, byKey } : { ok: false, faults };
}
