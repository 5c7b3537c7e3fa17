import type { ClockReading } from '../../core/replay/clockOffset.ts';
import type { BagReader } from './Bag.ts';

/** Enough for a few of them to be wrong. */
const READINGS = 101;

/**
 * Log times and stamps of a topic's first messages; those that do not decode are left out.
 * @param stampOf a message's stamp, ns; throws where it has none
 */
export async function readClocks(
  bag: Pick<BagReader, 'messages'>,
  topic: string,
  stampOf: (bytes: Uint8Array) => bigint,
): Promise<readonly ClockReading[]> {
  const readings: ClockReading[] = [];
  let count = 0;
  for await (const { logNs, bytes } of bag.messages({ topics: [topic] })) {
    try {
      readings.push({ logNs, stampNs: stampOf(bytes) });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
    count += 1;
    if (count === READINGS) break;
  }
  return readings;
}
