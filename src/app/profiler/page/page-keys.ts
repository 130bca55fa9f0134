export interface PageKey {
  readonly keys: string;
  readonly meaning: string;
}

export const PAGE_KEYS: readonly PageKey[] = [
  { keys: '/', meaning: 'search functions and files' },
  { keys: 'Esc', meaning: 'one step back: search, package, focus, function, range, comparison' },
  { keys: '← → on the timeline', meaning: 'move the selected range; with Shift resize it' },
  { keys: 'Page Up, Page Down', meaning: 'the same in larger steps' },
  { keys: 'wheel on the timeline', meaning: 'zoom at the pointer; with Shift move; double-click shows everything' },
  { keys: '↑ ↓ ← → in the flame graph', meaning: 'walk from frame to frame' },
  { keys: 'Space', meaning: 'select the frame: its callers and callees' },
  { keys: 'Enter', meaning: 'look at the frame alone' },
  { keys: 'Ctrl+C, ⌘C', meaning: 'copy the frame under the pointer, or the one that keys go to' },
  { keys: '?', meaning: 'show or hide this list' },
];
