import { defineParameters } from '../../core/config/ParameterTable.ts';
import { commonParameters } from '../shared/parameters/commonParameters.ts';

export const supervisorParameters = defineParameters({
  nodes: {
    type: 'string[]',
    rosName: 'node_path',
    minLength: 1,
    maxLength: 64,
    readOnly: true,
    description: 'Nodes that have to run, by names in the namespace of the supervisor.',
  },
  optional_nodes: {
    type: 'string[]',
    default: ['simulator', 'recorder'],
    maxLength: 64,
    readOnly: true,
    description:
      'Nodes that are watched from their first heartbeat on, and that need not run. Heartbeats of all ' +
      'others are only counted.',
  },
  heartbeat_period: {
    ...commonParameters.heartbeat_period,
    min: 0.02,
    description:
      'Time between two messages on `heartbeat`: of the supervisor itself, and of the nodes that it ' +
      'watches. A heartbeat with another period is not believed.',
  },
  missed_beats: {
    type: 'integer',
    default: 10,
    min: 2,
    max: 1000,
    readOnly: true,
    description:
      'A node is silent when this many heartbeats are missing; each failure in `window` doubles the ' +
      'time, up to 30 s.',
  },
  start_time: {
    type: 'double',
    default: 60,
    min: 1,
    max: 3600,
    unit: 's',
    readOnly: true,
    description:
      'A node that has sent no heartbeat after this time, at the beginning, is reported as overdue.',
  },
  restart: {
    type: 'bool',
    default: true,
    readOnly: true,
    description:
      'End a silent process (SIGKILL) if it is proven that the launch of the supervisor has started it, ' +
      'so that the launch starts it again; any other one is only reported.',
  },
  max_restarts: {
    type: 'integer',
    default: 5,
    min: 0,
    max: 1000,
    readOnly: true,
    description:
      'A node that fails more often than this in `window` is given up: the arm is stopped, until ' +
      '`~/resume` of the controller, and the process is left as it is.',
  },
  window: {
    type: 'double',
    default: 300,
    min: 1,
    max: 86400,
    unit: 's',
    readOnly: true,
    description:
      'How long a failure counts. A launch that waits longer after each failure needs a long window.',
  },
});
