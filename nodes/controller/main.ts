import { runNode } from '../shared/node/runNode.ts';
import { controller } from './controller.ts';

await runNode(controller);
