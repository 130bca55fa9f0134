/** What each fold rule hides, in words. */
import type { FoldRuleId } from '#trace/analysis/fold-rules.ts';

export interface FoldRuleWords {
  readonly name: string;
  readonly meaning: string;
}

export const FOLD_RULE_WORDS: Readonly<Record<FoldRuleId, FoldRuleWords>> = {
  deferred: { name: 'Deferreds', meaning: 'how results of Twisted get from one callback to the next' },
  reactor: { name: 'Reactor', meaning: 'from the reactor’s loop to what it calls; its poll stays' },
  context: { name: 'Log contexts', meaning: 'in which Twisted calls everything, for the sake of its log' },
  threads: { name: 'Thread pools', meaning: 'from the start of a thread to the work that it was given' },
  asyncio: { name: 'asyncio', meaning: 'from its loop to what it calls' },
  startup: { name: 'Start of the program', meaning: 'from its first line to its loop' },
  buildbot: { name: 'Wrappers of Buildbot', meaning: 'around its own functions: database threads, metrics, locks' },
};
