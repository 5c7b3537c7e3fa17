import { runNode } from '../shared/node/runNode.ts';
import { policy } from './policy.ts';

await runNode(policy);
