/** What a recording's file is called where it is saved: by its name where that is plain enough for any disk, else by its id. */
export const nameRecordingFile = (
  { id, name }: { readonly id: string; readonly name: string },
  suffix: string,
): string => {
  // A server that shows files names recordings after them; what it sends is in its own format whatever they were.
  const stem = name.replace(/^bbprofiler-/, '').replace(/(\.(bbprof|json))?(\.gz)?$/, '');
  return `bbprofiler-${PLAIN_NAME.test(stem) ? stem : id}.${suffix}`;
};

const PLAIN_NAME = /^\w[\w.-]*$/;
