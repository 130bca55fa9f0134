/**
 * How much a trace may hold. A trace may come from anywhere, so every count that leads to an allocation or a loop has a cap here.
 * The caps of one line are checked by the codec, those of a whole trace by the model.
 */

/** One line of the file. The largest honest chunk (500 ms at 10 kHz, 100 threads, all stacks new) is about 15 MB. */
export const MAX_LINE_BYTES = 64 * 1024 * 1024;
/** One string, in UTF-16 units. Linux passes a process no longer argument; paths and qualified names are far shorter. */
export const MAX_STRING_LENGTH = 128 * 1024;
/** Arguments of the target's command line: more than `ARG_MAX` (2 MiB) holds of useful ones. */
export const MAX_ARGUMENTS = 65_536;
/** New rows of one table in one chunk. */
export const MAX_ROWS_PER_CHUNK = 1_000_000;
/** Ticks of one chunk: 10 s at the highest frequency, which bounds the runs of each thread too. */
export const MAX_TICKS_PER_CHUNK = 100_000;
/** Counter rows of one chunk: one a tick for a second at the highest frequency. */
export const MAX_COUNTERS_PER_CHUNK = 10_000;
/** Events of one chunk: a master that forwards all builds and steps of a busy day at once. */
export const MAX_EVENTS_PER_CHUNK = 100_000;
/** Any time or counter: what a double counts exactly, so that sums and differences stay exact and finite. */
export const MAX_NUMBER = Number.MAX_SAFE_INTEGER;

/** Rows of the string table. */
export const MAX_STRINGS = 2_000_000;
/** UTF-16 units of all strings together: 256 MB of memory at most. */
export const MAX_STRING_UNITS = 128 * 1024 * 1024;
/** Rows of the function table; with {@link MAX_STACKS} it keeps (path, function) keys within an exact integer. */
export const MAX_FUNCTIONS = 1_000_000;
export const MAX_FRAMES = 4_000_000;
/** Rows of the stack table: about 70 bytes each in the model, with their call paths. */
export const MAX_STACKS = 8_000_000;
/** Frames of one stack. CPython's own limit is 1000 unless raised; what a sampler gives up on is lower than this. */
export const MAX_STACK_DEPTH = 16_384;
/** Threads of a whole trace: a day that starts three a second. */
export const MAX_THREADS = 262_144;
/** Ticks of a whole trace: a day at 500 Hz, 400 MB in the model. */
export const MAX_TICKS = 50_000_000;
/** Runs of a whole trace: 500 MB in the model. */
export const MAX_RUNS = 50_000_000;
/** Stretches (one thread in one chunk) of a whole trace: 28 bytes each. */
export const MAX_STRETCHES = 16_000_000;
/** Counter rows of a whole trace: a day of 40 a second. */
export const MAX_COUNTERS = 4_000_000;
/** Events of a whole trace. */
export const MAX_EVENTS = 1_000_000;
