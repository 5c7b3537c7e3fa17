import { type Fault, FaultError } from '../../core/config/Fault.ts';
import { type Expert, NetworkExpert } from '../../core/policy/Expert.ts';
import type { GraphName, ModelSpec } from '../../core/policy/ModelSpec.ts';
import { type Clock, NetworkPlanner, type Planner } from '../../core/policy/Planner.ts';
import { type EncodedPrompt, PromptEncoder } from '../../core/policy/PromptEncoder.ts';
import type { SessionSignature } from '../onnx/OrtGraphs.ts';
import { checkSignatures } from './checkSignatures.ts';
import { type GoldenReport, runGolden } from './goldenRun.ts';
import type { ModelPackage } from './ModelPackage.ts';
import { LocalNetwork } from './LocalNetwork.ts';
import { GRAPHS_OF, type HalfName, type HalfNetwork } from './NetworkSetup.ts';
import { NetworkThread } from './NetworkThread.ts';

export type PolicyOptions = {
  /** The arm that the policy will move; must be the one that the model was trained for. */
  readonly embodiment: { readonly name: string; readonly tickSec: number };
  /** True: each half in a worker of its own. False: in this thread, which a run blocks. */
  readonly worker: boolean;
  /** Threads that one run may use; 1 unless told otherwise. */
  readonly plannerThreads?: number;
  readonly expertThreads?: number;
  /** Run the golden input first and refuse a model that differs; true unless told otherwise. */
  readonly golden?: boolean;
  /** Seed of the denoising's noise; 0 unless told otherwise. */
  readonly noiseSeed?: bigint;
  /** What latencies are measured by; the process's own clock unless told otherwise. */
  readonly clock?: Clock;
};

/** Both halves of a model, ready to run. */
export type Policy = {
  readonly spec: ModelSpec;
  readonly planner: Planner;
  readonly expert: Expert;
  /** Absent where the golden run was left out. */
  readonly golden: GoldenReport | undefined;
  /** Tells whether the planner can read an instruction, and which of its words it does not know. */
  readonly checkInstruction: (instruction: string) => EncodedPrompt;
  /** Waits for the runs in flight, then frees sessions and workers. */
  readonly close: () => Promise<void>;
};

/**
 * Loads a package's graphs and makes its planner and expert. Throws a `FaultError` when a session
 * has other shapes than the manifest says, or when the golden run differs.
 */
export async function createPolicy(
  modelPackage: ModelPackage,
  options: PolicyOptions,
): Promise<Policy> {
  const { manifest, statistics, tokenizer, folder } = modelPackage;
  const { embodiment, noiseSeed = 0n, clock = () => performance.now() / 1000 } = options;
  const subject = `model package ${folder}`;
  requireNone(subject, checkEmbodiment(manifest, embodiment.name));
  const planner = await openHalf('planner', modelPackage, options);
  let expert: OpenHalf<'expert'> | undefined;
  const close = async () => {
    await Promise.all([planner.close(), expert?.close()]);
  };
  try {
    expert = await openHalf('expert', modelPackage, options);
    const signatures = new Map([...planner.signatures, ...expert.signatures]);
    requireNone(subject, checkSignatures(manifest, signatures));
    const golden =
      options.golden === false ? undefined : await runGolden(modelPackage, { planner, expert });
    requireNone(subject, golden?.faults ?? []);
    const prompts = new PromptEncoder(manifest, tokenizer);
    const controlPeriodSec = embodiment.tickSec;
    const expertOptions = { statistics, controlPeriodSec, noiseSeed, clock };
    return {
      spec: manifest,
      planner: new NetworkPlanner(manifest, prompts, planner, clock),
      expert: new NetworkExpert(manifest, expert, expertOptions),
      golden,
      checkInstruction: (instruction) => prompts.encode(instruction),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A half with what it takes to check and end it. */
type OpenHalf<Half extends HalfName> = HalfNetwork<Half> & {
  readonly signatures: ReadonlyMap<GraphName, SessionSignature>;
  close(): Promise<void>;
};

function openHalf<Half extends HalfName>(
  half: Half,
  modelPackage: ModelPackage,
  { worker, plannerThreads = 1, expertThreads = 1 }: PolicyOptions,
): Promise<OpenHalf<Half>> {
  const setup = {
    half,
    spec: modelPackage.manifest,
    paths: modelPackage.pathsOf(GRAPHS_OF[half]),
    threads: half === 'planner' ? plannerThreads : expertThreads,
  };
  return worker ? NetworkThread.start(setup) : LocalNetwork.open(setup);
}

function checkEmbodiment(spec: ModelSpec, found: string): Fault[] {
  if (spec.embodiment === found) return [];
  const expected = `the arm of the model, ${spec.embodiment}`;
  return [{ source: 'policy', field: 'embodiment', expected, found }];
}

function requireNone(subject: string, faults: readonly Fault[]): void {
  if (faults.length > 0) throw new FaultError(subject, faults);
}
