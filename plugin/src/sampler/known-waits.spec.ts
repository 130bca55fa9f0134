import { describe, expect, it } from 'vitest';
import { isKnownWait } from './known-waits.ts';

const frame = (functionName: string, file: string): { functionName: string; file: string } => ({ functionName, file });
const condition = frame('Condition.wait', '/usr/lib/python3.11/threading.py');

describe('isKnownWait', () => {
  it('knows the poll of a Twisted reactor', () => {
    const poll = frame('EPollReactor.doPoll', '/usr/lib/python3/dist-packages/twisted/internet/epollreactor.py');
    expect(isKnownWait(poll, undefined)).toBe(true);
  });

  it('knows an empty queue by the caller of the condition', () => {
    expect(isKnownWait(condition, frame('Queue.get', '/usr/lib/python3.11/queue.py'))).toBe(true);
  });

  it('knows a wait by the bare name of a method too, which is all that Python has before 3.11', () => {
    const poll = frame('doPoll', '/usr/lib/python3/dist-packages/twisted/internet/epollreactor.py');
    expect(isKnownWait(poll, undefined)).toBe(true);
    const wait = frame('wait', '/usr/lib/python3.9/threading.py');
    expect(isKnownWait(wait, frame('get', '/usr/lib/python3.9/queue.py'))).toBe(true);
    expect(isKnownWait(wait, frame('wait', '/usr/lib/python3.9/threading.py'))).toBe(false);
  });

  it('takes a condition waited for by other code as no wait for work', () => {
    expect(isKnownWait(condition, frame('Event.wait', '/usr/lib/python3.11/threading.py'))).toBe(false);
    expect(isKnownWait(condition, undefined)).toBe(false);
  });

  it('takes a function of the same name in another file as unknown', () => {
    expect(isKnownWait(frame('Queue.get', '/home/me/myqueue.py'), undefined)).toBe(false);
  });
});
