import { openBag } from '../../../adapters/bags/openBag.ts';
import { peakBytes } from './peakBytes.ts';

// node readFirst.js BAG [COUNT]: reads a bag, or its first messages; prints what that took and came to.
const startMs = performance.now();
const [, , path = '', most = 'Infinity'] = process.argv;
const result = { messages: 0, notices: [] as readonly string[], refusal: '' };
try {
  const bag = await openBag(path);
  for await (const _ of bag.messages()) {
    result.messages += 1;
    if (result.messages >= Number(most)) break;
  }
  await bag.close();
  result.notices = bag.notices;
} catch (error) {
  result.refusal = (error as Error).message;
}
process.stdout.write(
  JSON.stringify({ ...result, peakBytes: peakBytes(), ms: performance.now() - startMs }),
);
