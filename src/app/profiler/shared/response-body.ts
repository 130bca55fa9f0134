/** The body of an answer from the server: how long it is, how far it has come, and what it means that it ends too early. */
import { brokeOff } from './connection-error.ts';

/** Bytes of the body. Compressed answers have a length that counts other bytes than those read; it is 0 then, as where the server says none. */
export const readLength = ({ headers }: Response): number =>
  headers.has('content-encoding') ? 0 : Number(headers.get('content-length') ?? 0) || 0;

/** Each part when it is asked for; fails with a ConnectionError. `onBytes` is told how many bytes came so far. */
export const readBody = (
  { body }: Response,
  onBytes: (loaded: number) => void = () => undefined,
): ReadableStream<Uint8Array<ArrayBuffer>> => {
  if (body === null) return new ReadableStream({ start: (controller) => controller.close() });
  const reader = body.getReader();
  let loaded = 0;
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull: async (controller) => {
        const { done, value } = await reader.read().catch((error: unknown) => {
          throw brokeOff(error);
        });
        if (done) {
          controller.close();
          return;
        }
        loaded += value.byteLength;
        onBytes(loaded);
        controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    // The browser holds parts in reserve already.
    { highWaterMark: 0 },
  );
};
