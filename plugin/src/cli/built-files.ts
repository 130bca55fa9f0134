import { fileURLToPath } from 'node:url';

/** Where the build puts the page. */
export const UI_FOLDER = fileURLToPath(new URL('../../../dist/web', import.meta.url));
/** Where it puts the page of reports, which has no recording in it yet. */
export const REPORT_PAGE = fileURLToPath(new URL('../../../dist/report/report.html', import.meta.url));
