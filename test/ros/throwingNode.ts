// A node of which every callback throws; see guard.test.ts.
import { reliable } from '../../nodes/shared/node/qos.ts';
import { runNode } from '../../nodes/shared/node/runNode.ts';

await runNode({
  name: 'throwing',
  parameters: {},
  create: async (node) => {
    const fail = (what: string) => {
      throw new Error(`${what} failed`);
    };
    node.listen('std_msgs/msg/String', 'poke', reliable(), () => fail('poke'));
    node.listen('std_msgs/msg/String', 'poke_later', reliable(), async () => {
      await Promise.resolve();
      fail('poke later');
    });
    node.every(0.05, 'tick', () => fail('tick'));
    node.serve(
      'std_srvs/srv/Trigger',
      'ask',
      () => fail('ask') as never,
      (message) => ({ success: false, message }),
    );
    return { diagnostics: () => [] };
  },
});
