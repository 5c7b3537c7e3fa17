import { runNode } from '../shared/runNode.ts';
import { player } from './player.ts';

await runNode(player);
