import { describe, expect, it } from 'vitest';
import { decodeFailure } from './decode-failure.ts';
import { describeFailure } from './describe-failure.ts';

const decode = async (status: number, body: string) =>
  describeFailure(await decodeFailure(new Response(body, { status })));

describe('a refusal', () => {
  it('keeps the code and the words of the server', async () => {
    const body = JSON.stringify({ code: 'already-recording', message: 'One is in progress' });
    expect(await decode(409, body)).toEqual({ code: 'already-recording', message: 'One is in progress' });
  });

  it.each([
    [403, 'forbidden'],
    [502, 'sampler-away'],
    [503, 'sampler-away'],
    [504, 'sampler-away'],
  ])('of a master in between, with status %i, is told as its own', async (status, code) => {
    expect(await decode(status, '<html>Forbidden</html>')).toMatchObject({ code });
  });

  it('of the server itself is not taken for one of a master', async () => {
    const body = JSON.stringify({ code: 'no-permission', message: 'Not yours' });
    expect(await decode(403, body)).toMatchObject({ code: 'no-permission' });
  });

  it('that nobody knows keeps its status', async () => {
    expect(await decode(418, 'teapot')).toEqual({
      code: 'internal',
      message: 'The server answered with HTTP status 418.',
    });
  });
});
