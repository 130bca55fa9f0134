import fs from 'node:fs';
import net from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeTemporaryFolder } from '../../test/temporary-folder.ts';
import { findMasterSocket, masterSocketPath, MAX_SOCKET_PATH_BYTES, preparePrivateFolder } from './master-socket.ts';

let folder: ReturnType<typeof makeTemporaryFolder>;
beforeEach(() => {
  folder = makeTemporaryFolder();
});
afterEach(() => folder.remove());

const listenAt = async (socket: string): Promise<net.Server> => {
  const server = net.createServer().listen(socket);
  await once(server, 'listening');
  return server;
};

describe('the socket of a master', () => {
  test('lies in the basedir, however that is written', () => {
    expect(masterSocketPath('/srv/a/../master/')).toBe('/srv/master/.bbprofiler/sampler.sock');
  });

  test.each([10, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 400])('fits a basedir of %i letters', (length) => {
    const basedir = `/${'ä'.repeat(Math.floor((length - 1) / 2))}`;
    expect(Buffer.byteLength(masterSocketPath(basedir, '/tmp'))).toBeLessThanOrEqual(MAX_SOCKET_PATH_BYTES);
  });

  test('of two deep basedirs are two', () => {
    const deep = `/${'d'.repeat(120)}`;
    expect(masterSocketPath(`${deep}/a`)).not.toBe(masterSocketPath(`${deep}/b`));
  });

  test('is found where it is, and nothing else is taken for it', async () => {
    expect(findMasterSocket(folder.path)).toBeUndefined();
    const socket = masterSocketPath(folder.path);
    preparePrivateFolder(path.dirname(socket));
    fs.writeFileSync(socket, '');
    expect(findMasterSocket(folder.path)).toBeUndefined();
    fs.rmSync(socket);
    const server = await listenAt(socket);
    expect(findMasterSocket(folder.path)).toBe(socket);
    server.close();
  });

  test('lies in a folder that is closed to everybody else, also where somebody left it open', () => {
    const place = path.join(folder.path, 'deep', 'place');
    preparePrivateFolder(place);
    fs.chmodSync(place, 0o755);
    preparePrivateFolder(place);
    expect(fs.statSync(place).mode & 0o777).toBe(0o700);
  });

  test('is not made in a place that is no folder of this user', () => {
    const place = path.join(folder.path, 'link');
    fs.symlinkSync(folder.path, place);
    expect(() => preparePrivateFolder(place)).toThrow('is not a folder of this user');
  });
});
