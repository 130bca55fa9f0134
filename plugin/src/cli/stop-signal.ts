const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const SIGNAL_BASE = 128;
const SIGINT_NUMBER = 2;
/** As a shell has it for a program that Ctrl-C ended. */
export const EXIT_INTERRUPTED = SIGNAL_BASE + SIGINT_NUMBER;

/**
 * Aborts when the user (Ctrl-C), the system or a closed terminal asks this program to end, so that it ends in order. Asked a second time,
 * it ends at once.
 */
export const listenForStop = (): AbortSignal => {
  const stop = new AbortController();
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(EXIT_INTERRUPTED);
      stop.abort();
    });
  }
  return stop.signal;
};

export const whenAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
