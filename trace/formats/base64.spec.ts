import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collect, joinParts } from '../testing/read-bytes.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';

async function* each<T>(blocks: readonly T[]): AsyncGenerator<T, void> {
  yield* blocks;
}

const joined = async (blocks: AsyncIterable<Uint8Array>): Promise<Uint8Array> => joinParts(await collect(blocks));

const encode = async (...blocks: readonly Uint8Array[]): Promise<string> =>
  Buffer.from(await joined(encodeBase64(each(blocks)))).toString('latin1');

const decode = (...texts: readonly string[]): Promise<Uint8Array> =>
  joined(decodeBase64(each(texts.map((text) => Buffer.from(text, 'latin1')))));

describe('base64', () => {
  it('is what everybody else makes of the same bytes, however they are cut into blocks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 20 })), async (blocks) => {
        expect(await encode(...blocks)).toBe(Buffer.from(joinParts(blocks)).toString('base64'));
      }),
    );
  });

  it('is read back, however its text is cut into blocks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), fc.nat(60), async (bytes, at) => {
        const text = Buffer.from(bytes).toString('base64');
        expect(Array.from(await decode(text.slice(0, at), text.slice(at)))).toEqual(Array.from(bytes));
      }),
    );
  });

  it('may have line ends within, and gives what is whole of a text that was cut', async () => {
    const text = async (letters: string): Promise<string> => Buffer.from(await decode(letters)).toString();
    expect(await text('aGVs\r\nbG8h\n')).toBe('hello!');
    expect(await text('aGVsbG8')).toBe('hello');
    expect(await text('aGVsb')).toBe('hel');
  });

  it('is refused where it has other letters', async () => {
    for (const text of ['aGV-', 'é', 'aG<b']) await expect(decode(text)).rejects.toMatchObject({ code: 'bad-trace' });
  });
});
