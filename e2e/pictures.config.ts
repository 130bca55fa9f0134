import config from './playwright.config.ts';

/** Not tests: they draw the pictures of the documents. */
export default { ...config, testMatch: '*.picture.ts' };
