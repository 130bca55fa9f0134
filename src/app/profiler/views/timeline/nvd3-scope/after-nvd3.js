// Takes nvd3 away as well: the page's own names are what they were, those that it does not have included, and ours are under one of our own.
globalThis.bbpNvd3.nv = globalThis.nv;
globalThis.nv = globalThis.bbpNvd3.pageNv;
// It makes an element when it first moves something, and keeps it: made now, it does not look like something that a visit left behind.
globalThis.bbpNvd3.d3.transform('');
if (globalThis.nv === undefined) delete globalThis.nv;
if (globalThis.d3 === undefined) delete globalThis.d3;
