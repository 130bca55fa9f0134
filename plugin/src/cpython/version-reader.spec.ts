import { describe, expect, it } from 'vitest';
import { FakeObjects } from '../../test/fake-objects.ts';
import { FakeRuntime } from '../../test/fake-runtime.ts';
import { CPYTHON_3_10 } from './layouts/cpython-3.10.ts';
import { CPYTHON_3_8 } from './layouts/cpython-3.8.ts';
import { CPYTHON_3_9 } from './layouts/cpython-3.9.ts';
import { findVersion } from './layouts/layout-registry.ts';
import type { FrameObjectsLayout } from './layouts/struct-layout.ts';
import { INT_DIGITS_OFFSET, MODULE_DICT_OFFSET, OBJECT_SIZE_OFFSET } from './layouts/struct-layout.ts';
import { readHexVersion } from './version-reader.ts';

/** An interpreter of this layout whose `sys.hexversion` is this. */
const setup = (layout: FrameObjectsLayout, version: number, digits = 1) => {
  const fake = new FakeRuntime(layout);
  const objects = new FakeObjects(fake);
  const { memory, runtime, types } = fake;
  const number = memory.allocate(64);
  memory.writeWord(number + OBJECT_SIZE_OFFSET, digits);
  memory.writeInt(number + INT_DIGITS_OFFSET, version);
  const sys = memory.allocate(64);
  memory.writeWord(sys + MODULE_DICT_OFFSET, objects.addNamespace({ __name__: 0, hexversion: number }));
  const importSys = (): void =>
    memory.writeWord(fake.interpreter + layout.interpreter.modules, objects.addNamespace({ builtins: 0, sys }));
  return { importSys, find: () => findVersion((asked) => readHexVersion(memory, asked, runtime, types)) };
};

describe('a version that is not exported', () => {
  it.each([
    [CPYTHON_3_8, 0x030812f0],
    [CPYTHON_3_9, 0x030902f0],
    [CPYTHON_3_10, 0x030a0df0],
  ])('is what sys has where its layout says: $version', (layout, version) => {
    const { importSys, find } = setup(layout, version);
    importSys();
    expect(find()).toBe(version);
  });

  it('is not known before sys is there', () => {
    expect(setup(CPYTHON_3_9, 0x030902f0).find()).toBeUndefined();
  });

  it('is not believed where a layout finds that of another version, or no small int', () => {
    for (const [version, digits] of [
      [0x030712f0, 1],
      [0x030902f0, 1],
      [0x030812f0, 2],
    ] as const) {
      const { importSys, find } = setup(CPYTHON_3_8, version, digits);
      importSys();
      expect(find()).toBeUndefined();
    }
  });
});
