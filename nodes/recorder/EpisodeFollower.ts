import type { EpisodeRecorder } from '../../adapters/bags/EpisodeRecorder.ts';
import type { Config } from '../../core/config/ParameterTable.ts';
import { MessageCodec } from '../shared/MessageCodec.ts';
import { executionReportFromMessage } from '../shared/messages/executionState.ts';
import type { recorderParameters } from './parameters.ts';

type Mode = Config<typeof recorderParameters>['mode'];
type Episodes = Pick<EpisodeRecorder, 'begin' | 'finish' | 'snapshot' | 'isRecording'>;

const UNJUDGED = { success: undefined, notes: '' };

/** Knows from what is recorded when an episode begins and ends. */
export class EpisodeFollower {
  readonly #episodes: Episodes;
  readonly #mode: Mode;
  readonly #instructions = new MessageCodec('std_msgs/msg/String');
  readonly #plans = new MessageCodec('st4vla_ros/msg/SpatialPlan');
  readonly #states = new MessageCodec('st4vla_ros/msg/EpisodeState');
  readonly #executions = new MessageCodec('st4vla_ros/msg/ExecutionState');
  #instruction = '';
  #isFaulty = false;

  constructor(episodes: Episodes, mode: Mode) {
    this.#episodes = episodes;
    this.#mode = mode;
  }

  activate(nowNs: bigint): void {
    if (this.#mode === 'always') this.#episodes.begin('recording', nowNs);
  }

  /**
   * A message of a topic of the pipeline, by its relative name.
   * @param add records it: in the episode that it begins, not in the one before
   */
  follow(topic: string, bytes: Uint8Array, nowNs: bigint, add: () => void): void {
    if (topic === 'instruction' && this.#mode === 'instruction') {
      this.#episodes.finish(UNJUDGED);
      add();
      this.#begin(this.#instructions.decode(bytes).data, nowNs);
      return;
    }
    add();
    if (topic === 'plan') this.#planned(this.#plans.decode(bytes).instruction, nowNs);
    if (topic === 'episode_state') this.#judged(bytes);
    if (topic === 'execution_state') this.#executed(bytes);
  }

  /** The instruction of a goal of `execute_task` is on no topic but in its plans. */
  #planned(instruction: string, nowNs: bigint): void {
    if (this.#mode === 'instruction' && instruction !== this.#instruction) {
      this.#begin(instruction, nowNs);
    }
  }

  /** A simulated episode is judged when its time is over. */
  #judged(bytes: Uint8Array): void {
    if (this.#mode !== 'instruction' && this.#mode !== 'manual') return;
    const { finished, success } = this.#states.decode(bytes);
    if (finished) this.#episodes.finish({ success, notes: 'judged by the simulator' });
  }

  #executed(bytes: Uint8Array): void {
    if (this.#mode !== 'snapshot') return;
    const { status, reason } = executionReportFromMessage(this.#executions.decode(bytes));
    const isFaulty = status === 'FAULT';
    if (isFaulty && !this.#isFaulty) this.#episodes.snapshot(reason);
    this.#isFaulty = isFaulty;
  }

  #begin(instruction: string, nowNs: bigint): void {
    this.#instruction = instruction;
    this.#episodes.begin(instruction, nowNs);
  }
}
