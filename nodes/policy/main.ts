import { runNode } from '../shared/runNode.ts';
import { policy } from './policy.ts';

await runNode(policy);
