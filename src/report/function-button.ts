import { formatShortFile } from '../app/profiler/shared/package-group.ts';
import type { FunctionIdentity } from '../app/profiler/shared/function-identity.ts';
import { makeButton, make } from './elements.ts';
import type { ReportActions } from './report-view.ts';

const keyOf = ({ name, file, firstLine }: FunctionIdentity): string => `${name} ${file}:${firstLine}`;

/** A function's name, which selects it, with its file behind. */
export const nameFunction = (identity: FunctionIdentity, actions: ReportActions): readonly (Node | string)[] => [
  makeButton(identity.name, () => actions.choose({ selected: identity }), {
    class: 'bbp-plain',
    title: `${identity.file}:${identity.firstLine}`,
    'data-key': keyOf(identity),
  }),
  ' ',
  make('span', { class: 'bbp-quiet bbp-small' }, formatShortFile(identity.file)),
];
