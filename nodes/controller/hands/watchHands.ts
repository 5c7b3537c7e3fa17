import type { PrivateFolder } from '../../../adapters/files/PrivateFolder.ts';
import type { Config } from '../../../core/config/ParameterTable.ts';
import type { Advertised, ManagedNode } from '../../shared/node/ManagedNode.ts';
import { listenersOf, publishersOf } from '../../shared/graph/graph.ts';
import type { OtherHands } from '../../shared/hands/OtherHands.ts';
import { watchOthers } from '../../shared/hands/watchOthers.ts';
import type { controllerParameters } from '../parameters.ts';
import { ActionGoals } from './ActionGoals.ts';
import { strangeArm } from './strangeArm.ts';

/**
 * Looks for other nodes that can move the arm, and resolves when those that already run are known.
 *
 * @param advertised the topics of the controller's state and those of its sink
 * @param folder the folder in which controllers of this arm write their identity
 */
export function watchHands(
  node: ManagedNode,
  config: Config<typeof controllerParameters>,
  advertised: readonly Advertised[],
  folder: PrivateFolder | undefined,
  key: string,
): Promise<OtherHands> {
  const actions = actionsOf(config).map((action) => new ActionGoals(node, action));
  const topics = [...new Set(advertised.map(({ topic }) => topic))];
  const program = {
    arm: config.ontoLiveArm ? ('real' as const) : config.arm,
    jointStates: node.resolveTopicName('joint_states'),
    commands: topics.filter((topic) => topic !== node.resolveTopicName('execution_state')),
    publishersOf: (topic: string) => publishersOf(node, topic),
    listenersOf: (topic: string) => listenersOf(node, topic),
  };
  return watchOthers(node, {
    meaning: 'another hand is on the arm',
    advertised,
    folder,
    key,
    otherConflict: () =>
      strangeArm(program) ?? actions.map((action) => action.otherHand()).find(Boolean),
  });
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
