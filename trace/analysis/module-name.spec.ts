import { describe, expect, it } from 'vitest';
import { nameModule } from './module-name.ts';

describe('the module of a file', () => {
  it.each([
    ['/opt/a/venv/lib/python3.11/site-packages/twisted/internet/base.py', 'twisted.internet.base'],
    ['/usr/lib/python3/dist-packages/buildbot/__init__.py', 'buildbot'],
    ['/usr/lib/python3.13/json/decoder.py', 'json.decoder'],
    ['/home/me/.pyenv/versions/3.12.1/lib/python3.12/json/decoder.py', 'json.decoder'],
    ['C:\\Python313\\Lib\\json\\decoder.py', 'json.decoder'],
    ['<frozen importlib._bootstrap>', 'importlib._bootstrap'],
    ['/usr/lib/python3.13/importlib/_bootstrap.py', 'importlib._bootstrap'],
    ['/srv/one/app/models.py', 'app.models'],
    ['/srv/one/master.cfg', 'master.cfg'],
    ['', ''],
  ])('%s is %s', (file, module) => {
    expect(nameModule(file)).toBe(module);
  });
});
