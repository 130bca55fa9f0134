import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from 'vitest';
import { NoticeComponent } from './notice.component.ts';

const show = async (inputs: Readonly<Record<string, unknown>>) => {
  const fixture = TestBed.createComponent(NoticeComponent);
  for (const [name, value] of Object.entries(inputs)) fixture.componentRef.setInput(name, value);
  await fixture.whenStable();
  return fixture.nativeElement as HTMLElement;
};

describe('a notice', () => {
  it('is said aloud with its text', async () => {
    const page = await show({ title: 'Nobody answers.', text: 'Start it again.', tone: 'error' });
    expect(page.querySelector('[role=alert]')!.textContent).toMatch(/Nobody answers\.\s*Start it again\./);
    expect(page.querySelector('[aria-live=off]')).toBeNull();
  });

  it('of something that takes its time is said once, not at each change', async () => {
    const page = await show({
      title: 'Opening the recording.',
      text: '12 % of 3 MB.',
      progress: 0.12,
      isOngoing: true,
    });
    expect(page.querySelector('[role=status] b')!.textContent).toBe('Opening the recording.');
    expect(page.querySelector('[aria-live=off]')!.textContent).toBe('12 % of 3 MB.');
    expect(page.querySelector<HTMLProgressElement>('progress')!.value).toBe(0.12);
  });
});
