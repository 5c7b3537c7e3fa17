import type { BagMessage } from '../../adapters/bags/Bag.ts';
import type { EpisodeEnd, EpisodeRecorder } from '../../adapters/bags/EpisodeRecorder.ts';
import type { Config } from '../../core/config/ParameterTable.ts';
import { InstructionFollower } from '../../core/replay/InstructionFollower.ts';
import { boundText } from '../../core/text/boundText.ts';
import { instructionFault } from '../../core/text/instruction.ts';
import { MessageCodec } from '../../adapters/messages/MessageCodec.ts';
import { executionReportFromMessage } from '../../adapters/messages/executionState.ts';
import type { recorderParameters } from './parameters.ts';

/** Characters of an operator's notes on an episode. */
const MAX_NOTES = 2048;

type Mode = Config<typeof recorderParameters>['mode'];
type Episodes = Pick<EpisodeRecorder, 'add' | 'begin' | 'finish' | 'forget' | 'snapshot'>;

/** Knows from what is recorded when an episode begins and ends. */
export class EpisodeFollower {
  readonly #episodes: Episodes;
  readonly #mode: Mode;
  readonly #instructions = new MessageCodec('std_msgs/msg/String');
  readonly #plans = new MessageCodec('st4vla_ros/msg/SpatialPlan');
  readonly #states = new MessageCodec('st4vla_ros/msg/EpisodeState');
  readonly #executions = new MessageCodec('st4vla_ros/msg/ExecutionState');
  readonly #follower = new InstructionFollower();
  /** Where instructions come from, by its absolute name; known with the first one. */
  #instructionTopic: string | undefined;
  #isFaulty = false;
  /** Whether an instruction is being followed whose repetition is no other episode. */
  #isFollowed = false;
  #lastTick = 0;

  constructor(episodes: Episodes, mode: Mode) {
    this.#episodes = episodes;
    this.#mode = mode;
  }

  activate(nowNs: bigint): void {
    if (this.#mode === 'always') this.#episodes.begin('recording', nowNs);
  }

  /** Records a message of a topic (by its relative name), in the episode that it begins if it does. */
  follow(topic: string, message: BagMessage): void {
    if (this.#mode === 'instruction') {
      if (topic === 'instruction') this.#instructed(message);
      if (topic === 'plan') this.#planned(message);
    }
    this.#episodes.add(message);
    if (topic === 'episode_state') this.#judged(message.bytes);
    if (topic === 'execution_state') this.#executed(message.bytes);
  }

  #instructed({ topic, bytes, logNs }: BagMessage): void {
    this.#instructionTopic = topic;
    const { data } = this.#instructions.decode(bytes);
    const isNew = this.#follower.said(data);
    const isAgain = !this.#isFollowed && instructionFault(data) === undefined;
    if (isNew || isAgain) this.#begin(data, logNs);
  }

  /** The instruction of a goal of `execute_task` is on no topic but in its plans. */
  #planned({ bytes, logNs }: BagMessage): void {
    const { instruction, epoch } = this.#plans.decode(bytes);
    if (this.#follower.planned(epoch, instruction)) this.#begin(instruction, logNs);
  }

  /** Ends the episode as the operator says; the next goal begins another, of the same sentence too. */
  finish(end: EpisodeEnd): boolean {
    this.#follower.forget();
    this.#isFollowed = false;
    return this.#episodes.finish({ ...end, notes: boundText(end.notes, MAX_NOTES) });
  }

  /**
   * A simulated episode is judged when its time is over. After that, and after a reset, a sentence
   * is meant once more.
   */
  #judged(bytes: Uint8Array): void {
    if (this.#mode !== 'instruction' && this.#mode !== 'manual') return;
    const { finished, success, tick } = this.#states.decode(bytes);
    if (finished || tick < this.#lastTick) this.#isFollowed = false;
    this.#lastTick = tick;
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
    // An instruction of before does not hold in this episode.
    if (this.#instructionTopic !== undefined) this.#episodes.forget(this.#instructionTopic);
    this.#isFollowed = true;
    this.#episodes.begin(instruction, nowNs);
  }
}
