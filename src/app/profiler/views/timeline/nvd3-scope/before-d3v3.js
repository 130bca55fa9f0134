// First of three scripts around d3 version 3 and nvd3 (see angular.json), which set `window.d3` and `window.nv`: keeps what the page
// has under these names.
globalThis.bbpNvd3 = { pageD3: globalThis.d3, pageNv: globalThis.nv };
