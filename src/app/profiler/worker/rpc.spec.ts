import { describe, expect, it } from 'vitest';
import { CallError, collectBuffers, type MessageEnd, RpcCaller, RpcResponder } from './rpc.ts';

interface Calls {
  double: { input: number; output: number };
  refuse: { input: undefined; output: never };
}

const makePair = (onNotice: (notice: string) => void) => {
  const { port1, port2 } = new MessageChannel();
  port1.start();
  port2.start();
  const caller = new RpcCaller<Calls, string>(port1 as MessageEnd, onNotice);
  const responder = new RpcResponder<Calls, string>(port2 as MessageEnd, (error) => ({
    code: 'internal',
    message: String(error),
  }));
  responder.serve({
    double: (value) => value * 2,
    refuse: () => {
      throw 'no';
    },
  });
  const close = () => {
    port1.close();
    port2.close();
  };
  return { caller, responder, close };
};

describe('calls to the worker', () => {
  it('match answers to calls', async () => {
    const { caller, close } = makePair(() => undefined);
    await expect(Promise.all([caller.call('double', 1), caller.call('double', 21)])).resolves.toEqual([2, 42]);
    close();
  });

  it('fail with the code and the words of the other side', async () => {
    const { caller, close } = makePair(() => undefined);
    const failure = await caller.call('refuse', undefined).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CallError);
    expect((failure as CallError).failure).toEqual({ code: 'internal', message: 'no' });
    close();
  });

  it('fail when the worker is gone', async () => {
    const { caller, close } = makePair(() => undefined);
    close();
    const answer = caller.call('double', 1);
    caller.failAll({ code: 'internal', message: 'The worker is gone.' });
    await expect(answer).rejects.toThrow('The worker is gone.');
  });

  it('bring notices in order', async () => {
    const received: string[] = [];
    const { caller, responder, close } = makePair((notice) => received.push(notice));
    responder.notify('one');
    responder.notify('two');
    await caller.call('double', 0);
    expect(received).toEqual(['one', 'two']);
    close();
  });

  it('hand typed arrays over instead of copying them', () => {
    const times = new Float64Array(3);
    const values = new Float32Array(3);
    const found = collectBuffers({ kind: 'ok', value: { timeline: { times, values, again: times }, name: 'x' } });
    expect(found).toEqual([times.buffer, values.buffer]);
  });
});
