import '../process/requireRos.ts';
import rclnodejs from 'rclnodejs';

const { QoS } = rclnodejs;
const { HistoryPolicy, ReliabilityPolicy, DurabilityPolicy } = QoS;

/** Camera images: the newest frame wins, a lost one is not sent again. */
export const newestFrame = () => bestEffort(1);

/** Joint states and the like: as sensor data, with room for a burst. */
export const sensorData = () => bestEffort(10);

/** Commands, chunks, plans: every one arrives. */
export const reliable = (depth = 10) => keepLast(depth, 'reliable', 'volatile');

/** Standing orders and states: a subscription that comes late receives the last one. */
export const latched = () => keepLast(1, 'reliable', 'transient_local');

function bestEffort(depth: number) {
  return keepLast(depth, 'best_effort', 'volatile');
}

function keepLast(
  depth: number,
  reliability: 'reliable' | 'best_effort',
  durability: 'volatile' | 'transient_local',
) {
  return new QoS(
    HistoryPolicy.RMW_QOS_POLICY_HISTORY_KEEP_LAST,
    depth,
    reliability === 'reliable'
      ? ReliabilityPolicy.RMW_QOS_POLICY_RELIABILITY_RELIABLE
      : ReliabilityPolicy.RMW_QOS_POLICY_RELIABILITY_BEST_EFFORT,
    durability === 'volatile'
      ? DurabilityPolicy.RMW_QOS_POLICY_DURABILITY_VOLATILE
      : DurabilityPolicy.RMW_QOS_POLICY_DURABILITY_TRANSIENT_LOCAL,
  );
}
