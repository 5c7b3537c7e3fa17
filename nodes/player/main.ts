import { runNode } from '../shared/node/runNode.ts';
import { player } from './player.ts';

await runNode(player);
