import { describe, expect, it } from 'vitest';
import { computePackageGroup, formatShortFile } from './package-group.ts';

describe('package of a file', () => {
  it.each([
    ['/var/lib/buildbot/masters/main/master.cfg', 'configuration'],
    ['/opt/project/demo_master.py', 'configuration'],
    ['/usr/lib/python3/dist-packages/buildbot/process/builder.py', 'buildbot'],
    ['/venv/lib/python3.13/site-packages/buildbot_worker/base.py', 'buildbot'],
    ['/home/me/src/buildbot/master/buildbot/db/pool.py', 'buildbot'],
    ['/usr/lib/python3/dist-packages/sqlalchemy/engine/base.py', 'database'],
    ['/usr/lib/python3.11/sqlite3/dbapi2.py', 'database'],
    ['/venv/lib/python3.12/site-packages/twisted/internet/base.py', 'twisted'],
    ['/venv/lib/python3.12/site-packages/jinja2/environment.py', 'other'],
    ['/usr/lib/python3.11/threading.py', 'library'],
    ['chemy/engine/base.py', 'other'],
    ['y/buildbot/db/pool.p', 'buildbot'],
    ['demo_master.py', 'configuration'],
    ['<frozen importlib._bootstrap>', 'library'],
    ['', 'library'],
  ])('counts %s to %s', (file, group) => {
    expect(computePackageGroup(file)).toBe(group);
  });

  it('shows the folder with the file name', () => {
    expect(formatShortFile('/usr/lib/python3.11/json/decoder.py')).toBe('json/decoder.py');
    expect(formatShortFile('a.py')).toBe('a.py');
  });
});
