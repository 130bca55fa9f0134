/** How an answer gets from the worker to the page: the flame graph as columns, and what is the same as in the last answer not at all. */
import type { AnalysisAnswer } from '../shared/analysis-messages.ts';
import { type FlameColumns, FlameUnpacker, packFlame } from './flame-columns.ts';

/** What a dragged range leaves as it is. */
const LASTING_PARTS = ['timeline', 'lanes', 'stalls', 'builds', 'neighbours'] as const;
type LastingPart = (typeof LASTING_PARTS)[number];
type LastingParts = Pick<AnalysisAnswer, LastingPart>;

export interface PackedAnswer {
  readonly others: Omit<AnalysisAnswer, LastingPart | 'flame'>;
  readonly flame: FlameColumns;
  /** What is neither here nor in `same` is absent. */
  readonly changed: Partial<LastingParts>;
  readonly same: readonly LastingPart[];
}

export class AnswerPacker {
  #last: Partial<LastingParts> = {};

  /** A part is the same if it is the same object. */
  pack({ flame, timeline, lanes, stalls, builds, neighbours, ...others }: AnalysisAnswer): PackedAnswer {
    const parts: LastingParts = { timeline, lanes, stalls, builds, neighbours };
    const isSame = (part: LastingPart): boolean => parts[part] !== undefined && parts[part] === this.#last[part];
    const same = LASTING_PARTS.filter((part) => isSame(part));
    // What is packed is handed over, with its arrays; these stay for the next answer.
    const handedOver = { ...parts, timeline: { ...timeline, times: timeline.times.slice() } };
    const changed = Object.fromEntries(
      LASTING_PARTS.filter((part) => !isSame(part)).map((part) => [part, handedOver[part]]),
    );
    this.#last = parts;
    return { others, flame: packFlame(flame), changed, same };
  }
}

/** Takes all that one packer has packed, in its order. */
export class AnswerUnpacker {
  readonly #flames = new FlameUnpacker();
  #last: LastingParts | undefined;

  unpack({ others, flame, changed, same }: PackedAnswer): AnalysisAnswer {
    const kept = Object.fromEntries(same.map((part) => [part, this.#last?.[part]]));
    const parts = { ...changed, ...kept } as LastingParts;
    this.#last = parts;
    return { ...others, ...parts, flame: this.#flames.unpack(flame) };
  }
}
