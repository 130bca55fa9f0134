import { expect, it } from 'vitest';
import { TextFitter } from './text-fitter.ts';

/** Every letter is 10 wide. */
const makeFitter = () => {
  const measured: string[] = [];
  const fitter = new TextFitter((text) => {
    measured.push(text);
    return [...text].length * 10;
  });
  return { fitter, measured };
};

it('shows a text whole where it has the room, and as much of it as fits before an ellipsis where not', () => {
  const { fitter } = makeFitter();
  expect([60, 59, 50, 40, 30, 20, 10, 0].map((room) => fitter.fit('reacto', room))).toEqual([
    'reacto',
    'reac…',
    'reac…',
    'rea…',
    're…',
    'r…',
    '',
    '',
  ]);
  expect(fitter.fit('', 100)).toBe('');
});

it('measures no text twice', () => {
  const { fitter, measured } = makeFitter();
  for (const room of [90, 40, 55, 40, 90, 200]) fitter.fit('Reactor.run', room);
  expect(measured).toEqual([...new Set(measured)]);
  const before = measured.length;
  fitter.fit('Reactor.run', 55);
  expect(measured).toHaveLength(before);
});

it('cuts no letter in two', () => {
  const { fitter } = makeFitter();
  for (let room = 0; room < 60; room++) expect(fitter.fit('𝑎𝑏𝑐𝑑𝑒𝑓', room)).toMatch(/^([𝑎-𝑓]+…)?$/u);
});
