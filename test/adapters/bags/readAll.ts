import { messageDecoder } from '../../../adapters/bags/MessageDecoder.ts';
import { openBag } from '../../../adapters/bags/openBag.ts';

// node readAll.js BAG: reads and decodes all of a bag; prints its bytes and the memory that it took.
const bag = await openBag(process.argv[2] ?? '');
const decoders = new Map(bag.topics.map((topic) => [topic.name, messageDecoder(topic)]));
let bytes = 0;
for await (const message of bag.messages()) {
  const decoding = decoders.get(message.topic)!;
  if (decoding.ok) decoding.decode(message.bytes);
  bytes += message.bytes.length;
}
await bag.close();
const peakBytes = process.resourceUsage().maxRSS * 1024;
process.stdout.write(JSON.stringify({ bytes, peakBytes, notices: bag.notices }));
