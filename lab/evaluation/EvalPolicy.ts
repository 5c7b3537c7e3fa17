import { openPolicy as openModel } from '../../adapters/remote/openPolicy.ts';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import { embodimentByName } from '../../core/embodiment/embodimentByName.ts';
import {
  type ExecutionSpec,
  executionSpec,
  newestChunkSpec,
} from '../../core/execution/ExecutionSpec.ts';
import type { ActionExpert } from '../../core/policy/ActionExpert.ts';
import type { Planner } from '../../core/policy/Planner.ts';
import { IMAGE_HEIGHT, IMAGE_WIDTH } from '../data/columns.ts';
import type { SimWorld } from '../../sim/world/SimWorld.ts';
import type { LoopSettings } from '../LoopSettings.ts';
import { ScriptedPolicy } from './ScriptedPolicy.ts';

/** What an evaluation runs: both halves, what they see, and how their chunks are executed. */
export type EvalPolicy = {
  readonly name: string;
  readonly planner: Planner;
  readonly expert: ActionExpert;
  readonly image: { readonly width: number; readonly height: number };
  readonly viewName: string;
  readonly execution: ExecutionSpec;
  close(): Promise<void>;
};

/**
 * Checks a model's files and golden run once, so that the workers need not. Throws a `FaultError`
 * with what is wrong with it.
 */
export async function requireSoundModel({ policy, robot }: LoopSettings): Promise<void> {
  if (policy.kind === 'scripted') return;
  const embodiment = embodimentByName(robot);
  const model = await openModel(policy.folder, { url: policy.url, embodiment, isolation: 'none' });
  await model.close();
}

/** The policy of one worker; trusts that the model is sound. */
export async function openPolicy(
  settings: LoopSettings,
  embodiment: Embodiment,
  world: SimWorld,
): Promise<EvalPolicy> {
  if (settings.policy.kind === 'scripted') {
    const scripted = new ScriptedPolicy(world);
    return {
      name: 'scripted',
      planner: scripted,
      expert: scripted,
      image: { width: IMAGE_WIDTH, height: IMAGE_HEIGHT },
      viewName: world.arm.cameraName,
      execution: newestChunkSpec(settings.execution),
      close: () => Promise.resolve(),
    };
  }
  const { spec, arm, planner, expert, close } = await openModel(settings.policy.folder, {
    url: settings.policy.url,
    verifyHashes: false,
    embodiment,
    isolation: 'none',
    golden: false,
  });
  const [viewName = '', ...others] = spec.image.views;
  if (others.length > 0) {
    throw new Error(`${spec.name} reads ${others.length + 1} views, but the simulator has one`);
  }
  const { width, height } = spec.image;
  return {
    name: spec.name,
    planner,
    expert,
    image: { width, height },
    viewName,
    execution: executionSpec(spec, arm, settings.execution),
    close,
  };
}
