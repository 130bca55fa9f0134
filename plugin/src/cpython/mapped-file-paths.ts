import type { FileMapping } from '../memory/process-maps.ts';
import type { MappedObject } from './runtime-finder.ts';

/**
 * The kernel names a mapped file as the reader would reach it if it can, so from the reader's own root, and else from the root of the target's mount namespace. A target in a chroot
 * is the one case where `/proc/PID/root` leads further down than the names begin.
 */
const withinRoot = (root: string, path: string): string =>
  root !== '/' && path.startsWith(`${root}/`) ? path.slice(root.length) : path;

/**
 * Ways to a mapped file, in the order to try them, that work across mount namespaces and chroots; the links of map_files and exe work for deleted files too.
 *
 * @param root where the target's root link points to
 */
export const mappedFilePaths = (
  pid: number,
  root: string,
  executable: string,
  {
    path,
    isDeleted,
    mapping,
  }: Pick<MappedObject, 'path' | 'isDeleted'> & { readonly mapping: Pick<FileMapping, 'start' | 'end'> },
): string[] => [
  ...(path === executable ? [`/proc/${pid}/exe`] : []),
  ...(isDeleted ? [] : [`/proc/${pid}/root${withinRoot(root, path)}`]),
  `/proc/${pid}/map_files/${mapping.start.toString(16)}-${mapping.end.toString(16)}`,
];
