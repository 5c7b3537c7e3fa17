import type { PrivateFolder } from '../../../adapters/files/PrivateFolder.ts';
import type { Config } from '../../../core/config/ParameterTable.ts';
import type { Advertised, ManagedNode } from '../../shared/ManagedNode.ts';
import { listenersOf, publishersOf } from '../../shared/graph.ts';
import type { controllerParameters } from '../parameters.ts';
import { ActionGoals } from './ActionGoals.ts';
import { OtherHands } from './OtherHands.ts';
import { Predecessors } from './Predecessors.ts';
import { strangeArm } from './strangeArm.ts';

/**
 * So long after a node was made it knows who else is there: on one machine it takes some 0.2 s, and
 * whoever is announced for the first time is announced several times within the first second.
 */
const DISCOVERY_MS = 2000;

/**
 * Looks for others who can move the arm, and resolves when those who are there already are known.
 *
 * @param advertised the topics that tell of the controller and those of its sink
 * @param folder where controllers of this arm write down who they are
 */
export async function watchHands(
  node: ManagedNode,
  config: Config<typeof controllerParameters>,
  advertised: readonly Advertised[],
  folder: PrivateFolder | undefined,
  key: string,
): Promise<OtherHands> {
  const knownMs = performance.now() + DISCOVERY_MS;
  const own = new Set(advertised.flatMap(({ endpoints }) => endpoints.map(({ gid }) => gid)));
  const predecessors = new Predecessors(folder, key);
  const actions = actionsOf(config).map((action) => new ActionGoals(node, action));
  const topics = [...new Set(advertised.map(({ topic }) => topic))];
  const program = {
    arm: config.ontoLiveArm ? ('real' as const) : config.arm,
    jointStates: node.resolveTopicName('joint_states'),
    commands: topics.filter((topic) => topic !== node.resolveTopicName('execution_state')),
    publishersOf: (topic: string) => publishersOf(node, topic),
    listenersOf: (topic: string) => listenersOf(node, topic),
  };
  const hands = new OtherHands({
    fullName: node.fullName,
    topics,
    publishersOf: program.publishersOf,
    isHarmless: (gid) => own.has(gid) || predecessors.isDead(gid),
    otherWay: () =>
      strangeArm(program) ?? actions.map((action) => action.otherHand()).find(Boolean),
  });
  try {
    await predecessors.introduce([...own]);
  } catch (error) {
    node
      .getLogger()
      .warn(
        `should this process be killed, its successor waits until the graph forgets it: ${String(error)}`,
      );
  }
  await new Promise((resolve) => setTimeout(resolve, knownMs - performance.now()));
  hands.look(performance.now());
  return hands;
}

/** The actions of the controllers that follow joint trajectories. */
function actionsOf(config: Config<typeof controllerParameters>): string[] {
  const gripper = config.gripperSink === 'as_arm' ? config.sink : config.gripperSink;
  return [
    ...(config.sink === 'joint_trajectory' ? [config.jointTrajectoryArmTopic] : []),
    ...(gripper === 'joint_trajectory' ? [config.jointTrajectoryGripperTopic] : []),
  ]
    .filter((topic) => topic.endsWith('/joint_trajectory'))
    .map((topic) => topic.replace(/joint_trajectory$/, 'follow_joint_trajectory'));
}
