/** What the options of a bench say. */

/** Those of a list of names with commas between them. @throws Error that names what there is to choose from. */
export const choose = <Name extends string>(names: readonly Name[], text: string): Name[] =>
  text.split(',').map((word) => {
    const name = names.find((one) => one === word);
    if (name === undefined) throw new Error(`"${word}" is not one of: ${names.join(', ')}`);
    return name;
  });

export const parsePositive = (text: string): number => {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new Error(`"${text}" is not a number above 0`);
  return value;
};

export const parsePositives = (text: string): number[] => text.split(',').map(parsePositive);
