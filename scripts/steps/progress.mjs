/** Says what a long step does while it does it: a clock on a terminal, a line now and then elsewhere. */

const TERMINAL_PERIOD_MS = 1000;
const LOG_PERIOD_MS = 15_000;

const seconds = (since) => `${Math.round((Date.now() - since) / 1000)} s`;

export const formatDuration = (milliseconds) =>
  milliseconds < 60_000
    ? `${(milliseconds / 1000).toFixed(1)} s`
    : `${Math.floor(milliseconds / 60_000)} min ${Math.round((milliseconds % 60_000) / 1000)} s`;

/** Runs `work`, telling how long it has been at it; to standard error, so that standard output stays for results. */
export const withProgress = async (title, work) => {
  const { stderr } = process;
  const since = Date.now();
  const isTerminal = stderr.isTTY === true;
  stderr.write(isTerminal ? `  ${title} …` : `  ${title} …\n`);
  const timer = setInterval(
    () => stderr.write(isTerminal ? `\r  ${title} … ${seconds(since)}` : `  ${title} … ${seconds(since)}\n`),
    isTerminal ? TERMINAL_PERIOD_MS : LOG_PERIOD_MS,
  );
  let outcome = 'failed after';
  try {
    const result = await work();
    outcome = 'done in';
    return result;
  } finally {
    clearInterval(timer);
    stderr.write(`${isTerminal ? '\r' : ''}  ${title}: ${outcome} ${seconds(since)}    \n`);
  }
};
