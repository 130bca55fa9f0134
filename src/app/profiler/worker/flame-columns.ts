/**
 * A flame tree as columns, to hand it from thread to thread: copied as objects, frames take the page nearly as long to receive as to draw. Pure.
 */
import type { FlameNode } from '#trace/analysis/flame-tree.ts';
import type { FunctionIdentity } from '#trace/analysis/function-identity.ts';
import { functionIndex, threadIndex } from '#trace/contract/units.ts';

const KINDS = ['root', 'thread', 'function', 'smaller'] as const satisfies readonly FlameNode['kind'][];

/** One row a node, each before those below it. */
export interface FlameColumns {
  /** Positions in KINDS. */
  readonly kinds: Uint8Array;
  readonly depths: Uint16Array;
  readonly values: Float64Array;
  readonly selfs: Float64Array;
  /** Row of the function; index of the thread; count of what is merged. */
  readonly subjects: Uint32Array;
  /** Of nodes that are not of a function, in the order of the rows. */
  readonly names: readonly string[];
  /** Each function once. */
  readonly functions: {
    readonly indexes: Uint32Array;
    readonly firstLines: Uint32Array;
    readonly names: readonly string[];
    readonly files: readonly string[];
  };
}

/** Where each field of a node travels. Comparisons are not handed over like this: what `changes` say is lost. */
type ColumnOfField = Columns<{
  kind: 'kinds';
  name: 'names';
  value: 'values';
  self: 'selfs';
  children: 'depths';
  thread: 'subjects';
  mergedCount: 'subjects';
  functionIndex: 'functions';
  identity: 'functions';
  changes: undefined;
}>;
type Columns<Table extends Record<keyof Table, keyof FlameColumns | undefined>> = Table;
type FieldOf<Node> = Node extends unknown ? keyof Node : never;
/** Nothing is one while a field has no place above: what is new in FlameNode would else get lost on its way, and only there. */
type PackableNode = FieldOf<FlameNode> extends keyof ColumnOfField ? FlameNode : never;

export const packFlame = (root: PackableNode): FlameColumns => {
  const rows = listRows(root);
  const functions = new Map<number, { readonly row: number; readonly identity: FunctionIdentity }>();
  const columns = makeColumns(rows.length);
  const names: string[] = [];
  const describe = (node: FlameNode): number => {
    if (node.kind === 'function') {
      const known = functions.get(node.functionIndex);
      if (known !== undefined) return known.row;
      functions.set(node.functionIndex, { row: functions.size, identity: node.identity });
      return functions.size - 1;
    }
    names.push(node.name);
    return node.kind === 'thread' ? node.thread : node.kind === 'smaller' ? node.mergedCount : 0;
  };
  for (const [row, { node, depth }] of rows.entries()) {
    columns.kinds[row] = KINDS.indexOf(node.kind);
    columns.depths[row] = depth;
    columns.values[row] = node.value;
    columns.selfs[row] = node.self;
    columns.subjects[row] = describe(node);
  }
  const identities = [...functions.values()].map(({ identity }) => identity);
  return {
    ...columns,
    names,
    functions: {
      indexes: Uint32Array.from(functions.keys()),
      firstLines: Uint32Array.from(identities, ({ firstLine }) => firstLine),
      names: identities.map(({ name }) => name),
      files: identities.map(({ file }) => file),
    },
  };
};

const makeColumns = (length: number): Pick<FlameColumns, 'kinds' | 'depths' | 'values' | 'selfs' | 'subjects'> => ({
  kinds: new Uint8Array(length),
  depths: new Uint16Array(length),
  values: new Float64Array(length),
  selfs: new Float64Array(length),
  subjects: new Uint32Array(length),
});

interface Row {
  readonly node: FlameNode;
  readonly depth: number;
}

/** Without recursion, since recorded stacks may be deeper than ours. */
const listRows = (root: FlameNode): readonly Row[] => {
  const rows: Row[] = [];
  const open: Row[] = [{ node: root, depth: 0 }];
  for (let row = open.pop(); row !== undefined; row = open.pop()) {
    rows.push(row);
    const { children } = row.node;
    for (let index = children.length - 1; index >= 0; index--)
      open.push({ node: children[index]!, depth: row.depth + 1 });
  }
  return rows;
};

/** Of one picture after the other. Functions stay the same objects from one to the next, so that what is known of one is found by it. */
export class FlameUnpacker {
  #identities = new Map<number, FunctionIdentity>();

  unpack({ kinds, depths, values, selfs, subjects, names, functions }: FlameColumns): FlameNode {
    const identities = this.#identify(functions);
    let nextName = 0;
    // Field by field: the page's build turns a spread into calls that take longer than all else here.
    const build = (row: number): FlameNode => {
      const [value, self, subject] = [values[row]!, selfs[row]!, subjects[row]!];
      switch (KINDS[kinds[row]!]) {
        case 'function': {
          const identity = identities[subject]!;
          const index = functionIndex(functions.indexes[subject]!);
          return { kind: 'function', name: identity.name, value, self, children: [], functionIndex: index, identity };
        }
        case 'thread':
          return { kind: 'thread', name: names[nextName++]!, value, self, children: [], thread: threadIndex(subject) };
        case 'smaller':
          return { kind: 'smaller', name: names[nextName++]!, value, self, children: [], mergedCount: subject };
        default:
          return { kind: 'root', name: names[nextName++]!, value, self, children: [] };
      }
    };
    const root = build(0);
    /** The nodes on the way to the current one, by depth. */
    const open: FlameNode[] = [root];
    for (let row = 1; row < kinds.length; row++) {
      const node = build(row);
      open[depths[row]! - 1]!.children.push(node);
      open[depths[row]!] = node;
    }
    return root;
  }

  #identify({ indexes, firstLines, names, files }: FlameColumns['functions']): readonly FunctionIdentity[] {
    const before = this.#identities;
    this.#identities = new Map();
    return names.map((name, row) => {
      const [file, firstLine] = [files[row]!, firstLines[row]!];
      const known = before.get(indexes[row]!);
      const isSame = known?.name === name && known.file === file && known.firstLine === firstLine;
      const identity = isSame ? known : { name, file, firstLine };
      this.#identities.set(indexes[row]!, identity);
      return identity;
    });
  }
}
