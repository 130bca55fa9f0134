// Takes d3 version 3 away again before nvd3 is run. nvd3 finds it because the build's `define` (angular.json) makes every free `d3`
// in these scripts a `window.bbpNvd3.d3`.
globalThis.bbpNvd3.d3 = globalThis.d3;
globalThis.d3 = globalThis.bbpNvd3.pageD3;
