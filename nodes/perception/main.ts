import { runNode } from '../shared/node/runNode.ts';
import { perception } from './perception.ts';

await runNode(perception);
