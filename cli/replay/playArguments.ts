import { resolve } from 'node:path';
import { playerParameters } from '../../nodes/player/parameters.ts';
import { flag, number, seconds, text, type Values } from '../arguments/Option.ts';
import { doubleParameter, quotedParameter } from '../arguments/shared.ts';

/** Of `st4vla replay BAG --ros …`. */
export const playOptions = {
  prefix: text({
    help: "namespace of the bag's topics and of these nodes; '' for the names of the bag",
    placeholder: 'NS',
    default: '/replay',
    defaultText: '/replay',
    mayBeEmpty: true,
  }),
  'onto-live-arm': flag(
    'play although a driver listens to commands there, or another node publishes the same topics',
  ),
  rate: number({
    help: 'seconds of the bag per second',
    placeholder: 'R',
    min: playerParameters.rate.min,
    max: playerParameters.rate.max,
    defaultText: String(playerParameters.rate.default),
  }),
  start: seconds({ help: 'where to begin' }),
  'start-paused': flag('wait for the service ~/resume or ~/step'),
  loop: flag('begin again at the end'),
  topics: text({
    help: 'only these topics',
    placeholder: 'A,B',
    expected: 'topics separated by commas',
  }),
  'in-step': flag(
    'time waits until perception, policy and controller have answered: commands as of a replay ' +
      'with --delay-ticks 0 --plan-delay-ticks 0',
  ),
  primary: text({
    help: "with --in-step and several cameras: that of the model's first view",
    placeholder: 'TOPIC',
  }),
};

/** Arguments of the player node. */
export function playerArguments(
  bag: string,
  values: Values<typeof playOptions>,
  passedOn: readonly string[],
): readonly string[] {
  const { prefix, rate, start, loop, topics, primary } = values;
  const parameters = [
    `bag:=${quotedParameter(resolve(bag))}`,
    ...(rate === undefined ? [] : [`rate:=${doubleParameter(rate)}`]),
    ...(start === undefined ? [] : [`start:=${doubleParameter(start)}`]),
    ...(values['start-paused'] ? ['start_paused:=true'] : []),
    ...(loop ? ['loop:=true'] : []),
    ...(topics === undefined ? [] : [`topics:=${quotedParameter(topics)}`]),
    ...(values['in-step'] ? ['in_step:=true'] : []),
    ...(primary === undefined ? [] : [`primary_topic:=${quotedParameter(primary)}`]),
    ...(values['onto-live-arm'] ? ['onto_live_arm:=true'] : []),
    `prefix:=${quotedParameter(prefix)}`,
  ];
  // Of two rules for a name the first one counts: a given one stands before ours.
  const rules = prefix === '' ? [] : [`__ns:=${prefix}`, `/clock:=${prefix}/clock`];
  return [
    ...parameters.flatMap((parameter) => ['-p', parameter]),
    ...passedOn,
    ...rules.flatMap((rule) => ['-r', rule]),
  ];
}
