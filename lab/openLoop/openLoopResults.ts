import type { OpenLoopFigures } from '../../core/replay/OpenLoopErrors.ts';
import type { Provenance } from '../provenance.ts';
import type { OpenLoopOptions } from './openLoop.ts';
import type { OpenLoopReport } from './OpenLoopEpisode.ts';

/** Of an action's numbers. */
export const DIMENSIONS = ['x', 'y', 'z', 'rx', 'ry', 'rz', 'gripper'] as const;

/** `results.json`: m, rad, and the gripper's opening 0…1. */
export function openLoopResults(
  { modelNames, modelFolders, episodes, overall, skipped }: OpenLoopReport,
  { settings, noiseSeed }: OpenLoopOptions,
  from: Provenance,
) {
  const { policy: _, execution: __, ...used } = settings;
  return {
    ...from,
    settings: { ...used, noiseSeed: Number(noiseSeed) },
    models: modelNames.map((name, i) => {
      return { name, folder: modelFolders[i], ...figuresOf(overall[i]!) };
    }),
    episodes: episodes.map(({ bag, success, notes, source, models }) => ({
      bag,
      instruction: models[0]!.prediction.instruction,
      success,
      notes,
      recorded_actions: source,
      models: models.map(({ prediction, errors, commands }, i) => ({
        name: modelNames[i],
        ...figuresOf(errors.figures()),
        ...(commands && { commands }),
        notices: prediction.notices,
      })),
    })),
    skipped,
  };
}

function figuresOf({ compared, executedRow, dimensions, rows, endOfChunkM }: OpenLoopFigures) {
  return {
    compared,
    executed_row: executedRow,
    end_of_chunk_m: endOfChunkM,
    gripper_agreement: rows[executedRow]?.gripperAgreement,
    dimensions: Object.fromEntries(
      dimensions.map(({ mean, rms, largest, recordedSpread }, i) => [
        DIMENSIONS[i],
        { mean, rms, largest, recorded_spread: recordedSpread },
      ]),
    ),
    rows: rows.map(({ row, compared: of, positionM, rotationRad, gripperAgreement }) => ({
      row,
      compared: of,
      position_m: positionM,
      rotation_rad: rotationRad,
      gripper_agreement: gripperAgreement,
    })),
  };
}
