// Takes nvd3 away as well: the page's own names are what they were, those that it does not have included, and ours are under one of our own.
globalThis.bbpNvd3.nv = globalThis.nv;
globalThis.nv = globalThis.bbpNvd3.pageNv;
if (globalThis.nv === undefined) delete globalThis.nv;
if (globalThis.d3 === undefined) delete globalThis.d3;
