import { describe, expect, it } from 'vitest';
import { modelFromText } from '#trace/testing/trace-from-text.ts';
import { microseconds } from '#trace/contract/units.ts';
import type { AnalysisRequest } from '../shared/analysis-messages.ts';
import { Analyst } from './analyst.ts';
import { AnswerPacker, AnswerUnpacker } from './answer-packing.ts';
import { collectBuffers } from './rpc.ts';
import { requestOf } from './test-request.ts';

const DRAWING = `
  main cpu=40ms
    8 running  run > select
    8 running  run > callback > work
  pool
    16 waiting loop > work`;

const request = (change: Partial<AnalysisRequest> = {}): AnalysisRequest =>
  requestOf({
    isGesturing: true,
    viewport: { start: microseconds(0), end: microseconds(160_000) },
    timelinePoints: 100,
    smallestFrameShare: 0.3,
    ...change,
  });
describe('answers', () => {
  it('arrive as they were, with the same curves and lanes while only the range moves', () => {
    const model = modelFromText(DRAWING);
    const [analyst, packer, unpacker] = [new Analyst(), new AnswerPacker(), new AnswerUnpacker()];
    const ranges = [50_000, 90_000, 130_000].map((end) => ({ start: microseconds(0), end: microseconds(end) }));
    const arrived = ranges.map((range) => {
      const answer = analyst.analyse(model, request({ range }));
      const received = unpacker.unpack(packer.pack(answer));
      expect(received).toEqual(answer);
      return received;
    });
    for (const { timeline, lanes } of arrived) {
      expect(timeline).toBe(arrived[0]!.timeline);
      expect(lanes).toBe(arrived[0]!.lanes);
    }
  });

  it('bring anew what has changed, and nothing that is not asked for any more', () => {
    const model = modelFromText(DRAWING);
    const [analyst, packer, unpacker] = [new Analyst(), new AnswerPacker(), new AnswerUnpacker()];
    for (const change of [
      { hasFunctions: true },
      { laneColumns: 20, hasFunctions: true },
      {},
      { hasFunctions: true },
    ]) {
      const answer = analyst.analyse(model, request(change));
      expect(unpacker.unpack(packer.pack(answer))).toEqual(answer);
    }
  });

  it('hand over no array that the next one needs', () => {
    const answer = new Analyst().analyse(modelFromText(DRAWING), request());
    const handedOver = collectBuffers({ kind: 'ok', value: new AnswerPacker().pack(answer) });
    expect(handedOver).not.toContain(answer.timeline.times.buffer);
    expect(handedOver.length).toBeGreaterThan(0);
  });
});
