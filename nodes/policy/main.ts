import '../shared/requireRos.ts';
import { runNode } from '../shared/runNode.ts';
import { policy } from './policy.ts';

await runNode(policy);
