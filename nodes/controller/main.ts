import { runNode } from '../shared/runNode.ts';
import { controller } from './controller.ts';

await runNode(controller);
