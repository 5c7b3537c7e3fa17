import { runNode } from '../shared/node/runNode.ts';
import { simulator } from './simulator.ts';

await runNode(simulator);
