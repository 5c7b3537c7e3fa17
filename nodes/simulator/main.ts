import '../shared/requireRos.ts';
import { runNode } from '../shared/runNode.ts';
import { simulator } from './simulator.ts';

await runNode(simulator);
