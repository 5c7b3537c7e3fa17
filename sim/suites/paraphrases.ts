import { GOOGLE_TASKS } from '../tasks/googleTasks.ts';
import { namesOf } from '../tasks/instructions.ts';
import { taskScene } from '../tasks/taskScene.ts';
import type { TaskSpec } from '../tasks/TaskSpec.ts';
import { WIDOWX_TASKS } from '../tasks/tasks.ts';
import type { Goal, Scene } from '../world/Scene.ts';
import { inTurn } from './Suite.ts';
import type { Suite, SuiteTask } from './Suite.ts';

/** A way to say something that training never has: neither its words in this order, nor its verb. */
export type UnseenSentence = {
  readonly verb: string;
  /** `S` stands for the source, `T` for the target, `D` for a drawer. */
  readonly text: string;
};

/** What is asked for; placing is said differently for different targets. */
export type Request = 'on' | 'stack' | 'in' | Exclude<Goal['kind'], 'place'>;

export const UNSEEN_SENTENCES: Readonly<Record<Request, readonly UnseenSentence[]>> = {
  on: [
    { verb: 'transfer', text: 'transfer the S to the T' },
    { verb: 'rest', text: 'let the S rest on the T' },
    { verb: 'belongs', text: 'the S belongs on the T' },
    { verb: 'want', text: 'i want the S to be on the T' },
    { verb: 'leave', text: 'fetch the S and leave it on the T' },
    { verb: 'deposit', text: 'on the T please deposit the S' },
  ],
  stack: [
    { verb: 'balance', text: 'balance the S on the T' },
    { verb: 'build', text: 'build a tower with the S above the T' },
    { verb: 'position', text: 'position the S over the T' },
    { verb: 'belongs', text: 'the S belongs on top of the T' },
    { verb: 'raise', text: 'raise the S and rest it on the T' },
    { verb: 'carry', text: 'carry the S onto the T' },
  ],
  in: [
    { verb: 'toss', text: 'toss the S into the T' },
    { verb: 'load', text: 'load the S in the T' },
    { verb: 'belongs', text: 'the S belongs in the T' },
    { verb: 'deliver', text: 'deliver the S to the T' },
    { verb: 'fill', text: 'fill the T with the S' },
    { verb: 'tidy', text: 'please tidy the S away into the T' },
  ],
  pick: [
    { verb: 'fetch', text: 'fetch the S' },
    { verb: 'raise', text: 'raise the S' },
    { verb: 'grasp', text: 'grasp the S' },
    { verb: 'hold', text: 'hold the S above the counter' },
    { verb: 'hand', text: 'please hand me the S' },
    { verb: 'collect', text: 'collect the S from here' },
  ],
  near: [
    { verb: 'carry', text: 'carry the S over to the T' },
    { verb: 'shift', text: 'shift the S towards the T' },
    { verb: 'stand', text: 'let the S stand by the T' },
    { verb: 'join', text: 'join the S with the T' },
    { verb: 'belongs', text: 'the S belongs beside the T' },
    { verb: 'transfer', text: 'transfer the S to where the T is' },
  ],
  open: [
    { verb: 'draw', text: 'draw the D drawer out' },
    { verb: 'tug', text: 'tug the D drawer towards you' },
    { verb: 'expose', text: 'expose what the D drawer holds' },
    { verb: 'extend', text: 'extend the D drawer' },
    { verb: 'unclose', text: 'unclose the D drawer' },
    { verb: 'need', text: 'i need something from the D drawer' },
  ],
  close: [
    { verb: 'seal', text: 'seal the D drawer' },
    { verb: 'return', text: 'return the D drawer to the cabinet' },
    { verb: 'press', text: 'press the D drawer back' },
    { verb: 'nudge', text: 'nudge the D drawer until it is flush' },
    { verb: 'retract', text: 'retract the D drawer' },
    { verb: 'leave', text: 'do not leave the D drawer standing out' },
  ],
  store: [
    { verb: 'stash', text: 'stash the S in the D drawer' },
    { verb: 'hide', text: 'hide the S inside the D drawer' },
    { verb: 'deposit', text: 'deposit the S into the D drawer' },
    { verb: 'belongs', text: 'the S belongs in the D drawer' },
    { verb: 'load', text: 'load the D drawer with the S' },
    { verb: 'keep', text: 'keep the S in the D drawer' },
  ],
};

/** The benchmark's scenes, asked for in sentences and with verbs that training never has. */
export const paraphrases: Suite = {
  name: 'paraphrases',
  summary: 'sentences and verbs that training never has',
  tasks: {
    widowx: WIDOWX_TASKS.map(paraphrased),
    google_robot: GOOGLE_TASKS.map(paraphrased),
  },
};

function paraphrased(task: TaskSpec): SuiteTask {
  return {
    name: task.name,
    scene: (seed) => {
      const scene = taskScene(task, seed);
      const { followUp } = scene;
      const say = (request: Request): string =>
        fill(inTurn(UNSEEN_SENTENCES[request], seed).text, scene);
      if (followUp === undefined) return { ...scene, instruction: say(requestOf(scene)) };
      const instruction = say('open');
      return { ...scene, instruction, followUp: { ...followUp, instruction: say('store') } };
    },
  };
}

function requestOf({ goal, objects }: Scene): Request {
  if (goal.kind !== 'place') return goal.kind;
  const { kind } = objects[goal.target]!;
  if (kind === 'cube') return 'stack';
  return kind === 'basket' ? 'in' : 'on';
}

function fill(sentence: string, { goal, objects }: Scene): string {
  const name = (index: number): string => namesOf(objects[index]!)[0]!;
  return sentence
    .replace('S', 'source' in goal ? name(goal.source) : '')
    .replace('T', 'target' in goal ? name(goal.target) : '')
    .replace('D', 'drawer' in goal ? goal.drawer : '');
}
