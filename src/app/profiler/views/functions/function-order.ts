import { computePackageGroup, type PackageGroup } from '../../shared/package-group.ts';
import type { FunctionWeight } from '../../shared/analysis-messages.ts';

export type FunctionSorting = 'self' | 'total' | 'name';

/** The functions of a package that a search is about, in the wanted order. The given ones are ordered by self. */
export const selectFunctions = (
  functions: readonly FunctionWeight[],
  sorting: FunctionSorting,
  search: string,
  packageGroup?: PackageGroup,
): readonly FunctionWeight[] => {
  const wanted = search.trim().toLowerCase();
  const ofPackage =
    packageGroup === undefined
      ? functions
      : functions.filter(({ identity }) => computePackageGroup(identity.file) === packageGroup);
  const found =
    wanted === ''
      ? ofPackage
      : ofPackage.filter(
          ({ identity }) =>
            identity.name.toLowerCase().includes(wanted) || identity.file.toLowerCase().includes(wanted),
        );
  switch (sorting) {
    case 'self':
      return found;
    case 'total':
      return found.toSorted((a, b) => b.total - a.total || b.self - a.self);
    case 'name':
      return found.toSorted((a, b) => compareText(a.identity.name, b.identity.name));
  }
};

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
