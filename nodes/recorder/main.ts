import { runNode } from '../shared/runNode.ts';
import { recorder } from './recorder.ts';

await runNode(recorder);
