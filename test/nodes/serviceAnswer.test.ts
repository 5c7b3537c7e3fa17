import assert from 'node:assert/strict';
import type { ServiceRequestMessage, ServiceResponse, ServiceResponseMessage } from 'rclnodejs';
import { Guard } from '../../nodes/shared/node/Guard.ts';
import { serviceAnswer } from '../../nodes/shared/node/serviceAnswer.ts';

type Trigger = 'std_srvs/srv/Trigger';
type Reply = ServiceResponseMessage<Trigger>;
const onError = (message: string): Reply => ({ success: false, message });
const request = {} as ServiceRequestMessage<Trigger>;

describe('a service', () => {
  let guard: Guard;
  let sent: Reply[];
  let failures: number;
  const response = {
    send: (message: Reply) => {
      if (failures-- > 0) throw new Error('no space left on device');
      sent.push(message);
    },
  } as unknown as ServiceResponse<Trigger>;
  const faults = () => [...guard.faults].map(([name, fault]) => `${name}: ${fault.lastMessage}`);
  beforeEach(() => {
    guard = new Guard(() => undefined);
    sent = [];
    failures = 0;
  });
  const ask = async (answer: () => Reply | Promise<Reply>) => {
    serviceAnswer<Trigger>(guard, '~/reset', answer, onError)(request, response);
    await new Promise(setImmediate);
  };
  const good = { success: true, message: 'reset' };

  for (const [how, wrap] of [
    ['at once', (reply: () => Reply) => reply],
    ['later', (reply: () => Reply) => async () => reply()],
  ] as const) {
    it(`that answers ${how} sends its answer`, async () => {
      await ask(wrap(() => good));
      assert.deepEqual(sent, [good]);
      assert.deepEqual(faults(), []);
    });

    it(`that throws ${how} answers with the reason`, async () => {
      await ask(
        wrap(() => {
          throw new Error('no arm');
        }),
      );
      assert.deepEqual(sent, [onError('no arm')]);
      assert.deepEqual(faults(), ['service ~/reset: no arm']);
    });

    it(`whose answer cannot be sent ${how} says why, once it can`, async () => {
      failures = 1;
      await ask(wrap(() => good));
      assert.deepEqual(sent, [onError('no space left on device')]);
    });

    it(`that cannot send anything ${how} lives, and its diagnostics name it`, async () => {
      failures = 2;
      await ask(wrap(() => good));
      assert.deepEqual(faults(), [
        'service ~/reset: no space left on device',
        'answer of service ~/reset: no space left on device',
      ]);
    });
  }
});
