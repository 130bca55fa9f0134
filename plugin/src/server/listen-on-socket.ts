import fs from 'node:fs';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { describeWriteError } from '../recording/trace-file-writer.ts';

/**
 * Listens on a UNIX socket in a folder that is closed to others. It is made under a name of its own and then takes the place of whatever a
 * killed or ending server left there: whoever connects meets one that answers, and one that ends removes only its own.
 * @returns how to take it away, once it listens no more
 * @throws ProfilerError 'file-unwritable'
 */
export const listenOnSocket = async (app: FastifyInstance, socket: string): Promise<() => void> => {
  const own = path.join(path.dirname(socket), `.${String(process.pid)}`);
  try {
    fs.rmSync(own, { force: true });
    await app.listen({ path: own });
    const { ino } = fs.lstatSync(own);
    fs.renameSync(own, socket);
    return () => removeOwn(socket, ino);
  } catch (error) {
    throw describeWriteError(socket, error);
  }
};

const removeOwn = (socket: string, inode: number): void => {
  try {
    if (fs.lstatSync(socket).ino === inode) fs.rmSync(socket);
  } catch {
    // Gone already.
  }
};
