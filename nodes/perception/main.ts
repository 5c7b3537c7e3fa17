import { runNode } from '../shared/runNode.ts';
import { perception } from './perception.ts';

await runNode(perception);
