/** A function of the target, as far as tables of known functions need it. */
export interface NamedFunction {
  readonly functionName: string;
  readonly file: string;
}

/** A function that we know by name. */
export interface FunctionPattern {
  /** Qualified name. */
  readonly name: string;
  /** End of its file's path, from a slash on. */
  readonly file: string;
}

/** Before 3.11 Python knows no qualified names: there the bare name of a method stands for it. */
export const matchesFunction = ({ name, file }: FunctionPattern, known: NamedFunction): boolean =>
  (known.functionName === name || name.endsWith(`.${known.functionName}`)) && known.file.endsWith(file);
