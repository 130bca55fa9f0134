import type { FastifyInstance } from 'fastify';
import { ProfilerError } from '#trace/contract/errors.ts';

/** Only this machine: what a profile shows is for those who may log in here. */
const LOOPBACK = '127.0.0.1';

/**
 * Starts to listen and gives the port, which the system chooses where `port` is 0.
 * @throws ProfilerError 'port-in-use'
 */
export const listen = async (app: FastifyInstance, port: number): Promise<number> => {
  try {
    await app.listen({ host: LOOPBACK, port });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE')
      throw new ProfilerError('port-in-use', `Port ${String(port)} is in use`, { port }, { cause: error });
    if (code === 'EACCES') {
      throw new ProfilerError(
        'port-in-use',
        `Port ${String(port)} is reserved for the system`,
        { port },
        { cause: error },
      );
    }
    throw error;
  }
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
};
