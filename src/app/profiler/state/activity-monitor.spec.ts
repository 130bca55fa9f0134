import { describe, expect, it } from 'vitest';
import { ActivityMonitor } from './activity-monitor.ts';

const make = () => {
  const frames: (() => void)[] = [];
  const root = { dataset: {} as DOMStringMap } as HTMLElement;
  const monitor = new ActivityMonitor(root, (action) => frames.push(action));
  const passFrames = (count: number) => {
    for (let frame = 0; frame < count; frame++) for (const action of frames.splice(0)) action();
  };
  return { monitor, passFrames, state: () => root.dataset['bbpState'] };
};

describe('idle signal', () => {
  it('is busy until two frames after the last of several activities', () => {
    const { monitor, passFrames, state } = make();
    const endFirst = monitor.begin();
    const endSecond = monitor.begin();
    endFirst();
    passFrames(3);
    expect(state()).toBe('busy');
    endSecond();
    passFrames(1);
    expect(state()).toBe('busy');
    passFrames(1);
    expect(state()).toBe('idle');
  });

  it('stays busy where something new begins before the frames have passed', () => {
    const { monitor, passFrames, state } = make();
    monitor.begin()();
    passFrames(1);
    const end = monitor.begin();
    passFrames(2);
    expect(state()).toBe('busy');
    end();
    passFrames(2);
    expect(state()).toBe('idle');
  });

  it('counts an activity once, however often its end is told', () => {
    const { monitor, passFrames, state } = make();
    const end = monitor.begin();
    monitor.begin();
    end();
    end();
    passFrames(3);
    expect(state()).toBe('busy');
  });

  it('ends with the work it goes along with, also if that fails', async () => {
    const { monitor, passFrames, state } = make();
    await expect(monitor.during(Promise.reject(new Error('x')))).rejects.toThrow('x');
    passFrames(2);
    expect(state()).toBe('idle');
  });
});
