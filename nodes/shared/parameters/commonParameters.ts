import type { ParameterSpec, ParameterTable } from '../../../core/config/ParameterTable.ts';
import { EMBODIMENTS } from '../../../core/embodiment/embodimentByName.ts';

/** Parameters that every node has. */
export const commonParameters = {
  autostart: {
    type: 'bool',
    default: true,
    readOnly: true,
    description: 'Configure and activate at the start; with false a lifecycle manager does it.',
  },
  diagnostics_period: {
    type: 'double',
    default: 1,
    min: 0.1,
    max: 60,
    unit: 's',
    readOnly: true,
    description: 'Time between two messages on /diagnostics.',
  },
  heartbeat_period: {
    type: 'double',
    default: 0.2,
    min: 0,
    max: 10,
    unit: 's',
    readOnly: true,
    description:
      'Time between two messages on `heartbeat`, which a supervisor watches; 0 for none.',
  },
} as const satisfies ParameterTable;

/** For every node that has to know the arm. */
export const robotParameter = {
  type: 'string',
  oneOf: EMBODIMENTS.map((embodiment) => embodiment.name),
  readOnly: true,
  description: 'The arm, which stands for its joints, URDF, limits and policy period.',
} as const satisfies ParameterSpec;

export const modelParameter = {
  type: 'string',
  minLength: 1,
  readOnly: true,
  description:
    'Folder of the model package: absolute, or relative to the working directory or the package.',
} as const satisfies ParameterSpec;
