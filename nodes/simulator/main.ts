import { runNode } from '../shared/runNode.ts';
import { simulator } from './simulator.ts';

await runNode(simulator);
