/** Resolves once whatever waits for this thread has been done. By a message to itself: a timer waits for 4 ms at least. */
export const yieldToTasks = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
