// Takes nvd3 away as well: the page's own names are what they were, and ours are under one of our own.
globalThis.bbpNvd3.nv = globalThis.nv;
globalThis.nv = globalThis.bbpNvd3.pageNv;
