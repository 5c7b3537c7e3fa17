import { runNode } from '../shared/node/runNode.ts';
import { recorder } from './recorder.ts';

await runNode(recorder);
