/** What a file chooser offers: what we write, and what we read of others. */
export const TRACE_FILE_TYPES = '.bbprof,.gz,.html,.json,.cpuprofile,.pb,.pprof,.txt,.folded,.collapsed';
