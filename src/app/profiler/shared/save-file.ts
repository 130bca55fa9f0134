/** Hands a file to the browser's downloads. */
export const saveFile = (name: string, content: Blob): void => {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has its own hold on the content as soon as it has begun.
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_AFTER_MS);
};

/** Browsers begin a download a moment after the click. */
const REVOKE_AFTER_MS = 10_000;
