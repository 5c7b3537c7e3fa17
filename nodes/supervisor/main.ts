import { runNode } from '../shared/node/runNode.ts';
import { supervisor } from './supervisor.ts';

await runNode(supervisor);
