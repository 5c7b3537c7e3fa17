import { type Fault, FaultError } from '../../core/config/Fault.ts';
import { armOf } from '../../core/policy/armOf.ts';
import { type ActionExpert, NetworkActionExpert } from '../../core/policy/ActionExpert.ts';
import type { ArmSpec, ModelOutline, ModelSpec } from '../../core/policy/ModelSpec.ts';
import { type Clock, NetworkPlanner, type Planner } from '../../core/policy/Planner.ts';
import { PromptEncoder } from '../../core/policy/PromptEncoder.ts';
import { TextAnswers } from '../../core/policy/TextAnswers.ts';
import type { ExecutionProvider, ProviderReport } from '../onnx/executionProviders.ts';
import { AnswerLoader } from './AnswerLoader.ts';
import { checkSignatures } from './checkSignatures.ts';
import { type GoldenReport, runGolden } from './goldenRun.ts';
import type { ModelPackage } from './ModelPackage.ts';
import type { OpenNetwork } from './NetworkSetup.ts';
import { type NetworkOptions, type Isolation, openNetwork } from './openNetwork.ts';

export type PolicyOptions = {
  /** The arm that the policy will move; must be one that the model was trained for. */
  readonly embodiment: { readonly name: string; readonly tickSec: number };
  /** Where the halves run. */
  readonly isolation: Isolation;
  /** Threads that one run may use; 1 by default. */
  readonly plannerThreads?: number;
  readonly expertThreads?: number;
  /** What computes; the CPU by default, and where it is not there. */
  readonly plannerProvider?: ExecutionProvider;
  readonly expertProvider?: ExecutionProvider;
  /** Run the golden input first and refuse a model that differs; true by default. */
  readonly golden?: boolean;
  /** Load what answers in words now, not at the first question. */
  readonly answersAtOnce?: boolean;
  /** Seed of the denoising's noise; 0 by default. */
  readonly noiseSeed?: bigint;
  /** What latencies are measured by; the process's own clock by default. */
  readonly clock?: Clock;
  /** Told when a half's process has died. */
  readonly report?: (message: string) => void;
};

/** Planner and expert of a model, ready to run. */
export type Policy = {
  readonly spec: ModelOutline;
  /** What the model does for this arm. */
  readonly arm: ArmSpec;
  readonly planner: Planner;
  readonly expert: ActionExpert;
  /** Absent where the planner does not answer in words. */
  readonly answers: TextAnswers | undefined;
  /** Absent where the networks run elsewhere. */
  readonly providers:
    { readonly planner: ProviderReport; readonly expert: ProviderReport } | undefined;
  /** The connection to networks that run elsewhere. */
  readonly link?: () => LinkReport;
  /** Tells whether the planner can read an instruction, and which of its words it does not know. */
  readonly checkInstruction: (instruction: string) => InstructionCheck;
  /** Frees sessions and workers; only processes can be ended during a run, others finish it. */
  readonly close: () => Promise<void>;
};

export type InstructionCheck =
  | { readonly ok: true; readonly unknownWords: readonly string[] }
  | { readonly ok: false; readonly reason: string };

/** How a connection to a policy server does. */
export type LinkReport = {
  readonly url: string;
  /** Why there is no connection; undefined while there is one. */
  readonly fault: string | undefined;
  readonly reconnects: number;
  /** Of the last answered request, seconds; NaN before the first. */
  readonly roundTripSec: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
};

/** A policy whose networks run on this machine. */
export type LocalPolicy = Policy & {
  readonly spec: ModelSpec;
  readonly providers: NonNullable<Policy['providers']>;
  /** Absent where the golden run was left out. */
  readonly golden: GoldenReport | undefined;
  /** Makes another expert on the same network, for a client with an episode of its own. */
  readonly createExpert: () => NetworkActionExpert;
};

/**
 * Loads a package's graphs and makes its planner and expert. Throws a `FaultError` when a session
 * has other shapes than the manifest says, or when the golden run differs.
 */
export async function createPolicy(
  modelPackage: ModelPackage,
  options: PolicyOptions,
): Promise<LocalPolicy> {
  const { manifest, tokenizer, folder } = modelPackage;
  const { embodiment, noiseSeed = 0n, clock = () => performance.now() / 1000 } = options;
  const subject = `model package ${folder}`;
  requireNone(subject, checkEmbodiment(manifest, embodiment.name));
  const optionsOf = networkOptions(options);
  const planner = await openNetwork('planner', modelPackage, optionsOf.planner);
  const opened: { close(): Promise<void> }[] = [planner];
  const close = async () => {
    await Promise.all(opened.map((part) => part.close()));
  };
  try {
    const expert = await openNetwork('expert', modelPackage, optionsOf.expert);
    opened.push(expert);
    requireNone(subject, signatureFaults(manifest, [planner, expert]));
    const prompts = new PromptEncoder(manifest, tokenizer);
    const golden =
      options.golden === false
        ? undefined
        : await runGolden(modelPackage, { planner, expert }, prompts);
    requireNone(subject, golden?.faults ?? []);
    const loader = new AnswerLoader(modelPackage, optionsOf.planner, {
      prompts,
      imageFeatures: golden?.imageFeatures,
    });
    opened.push(loader);
    const { spatial } = manifest;
    if (spatial.mode === 'text' && options.answersAtOnce) await loader.open();
    const statistics = modelPackage.statisticsOf(embodiment.name);
    const controlPeriodSec = embodiment.tickSec;
    const expertOptions = { statistics, controlPeriodSec, noiseSeed, clock };
    const createExpert = () => new NetworkActionExpert(manifest, expert, expertOptions);
    return {
      spec: manifest,
      arm: armOf(manifest, embodiment.name),
      planner: new NetworkPlanner(manifest, prompts, planner, clock),
      expert: createExpert(),
      createExpert,
      answers:
        spatial.mode === 'text'
          ? new TextAnswers(spatial, { prompts, tokenizer, open: () => loader.open(), clock })
          : undefined,
      providers: { planner: planner.info.provider, expert: expert.info.provider },
      golden,
      checkInstruction: (instruction) => prompts.encode(instruction),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function networkOptions(options: PolicyOptions): Record<'planner' | 'expert', NetworkOptions> {
  const { isolation, report = () => undefined } = options;
  const optionsOf = (threads = 1, executionProvider: ExecutionProvider = 'cpu') => ({
    isolation,
    threads,
    executionProvider,
    report,
  });
  return {
    planner: optionsOf(options.plannerThreads, options.plannerProvider),
    expert: optionsOf(options.expertThreads, options.expertProvider),
  };
}

function signatureFaults(
  spec: ModelSpec,
  halves: readonly Pick<OpenNetwork<'planner'>, 'info'>[],
): Fault[] {
  return halves.flatMap(({ info }) => checkSignatures(spec, info.signatures));
}

function checkEmbodiment({ embodiments }: ModelSpec, found: string): Fault[] {
  if (embodiments.has(found)) return [];
  const known = [...embodiments.keys()].join(', ');
  const expected =
    embodiments.size === 1
      ? `the arm of the model, ${known}`
      : `one of the model's arms (${known})`;
  return [{ source: 'policy', field: 'embodiment', expected, found }];
}

function requireNone(subject: string, faults: readonly Fault[]): void {
  if (faults.length > 0) throw new FaultError(subject, faults);
}
