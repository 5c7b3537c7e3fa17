import { runNode } from '../shared/runNode.ts';
import { supervisor } from './supervisor.ts';

await runNode(supervisor);
