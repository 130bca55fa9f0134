import { describe, expect, it } from 'vitest';
import { AccessToken } from './access-token.ts';

const makePlaces = (hash: string, stored: string | null = null) => {
  const written: string[] = [];
  const storage = new Map<string, string>(stored === null ? [] : [['bbp-token', stored]]);
  return {
    written,
    storage: {
      getItem: (key: string) => storage.get(key) ?? null,
      setItem: (key: string, value: string) => void storage.set(key, value),
    },
    location: { hash, pathname: '/profiler', search: '?recording=r1' },
    history: {
      state: null,
      replaceState: (_state: unknown, _title: string, url?: string | URL | null) => void written.push(String(url)),
    },
  };
};

describe('access token', () => {
  it('is taken from the fragment, which disappears from the address', () => {
    const places = makePlaces('#token=abc%2D1');
    expect(AccessToken.take(places).value).toBe('abc-1');
    expect(places.written).toEqual(['/profiler?recording=r1']);
    expect(places.storage.getItem('bbp-token')).toBe('abc-1');
  });

  it('is remembered for a reload of the same tab', () => {
    const places = makePlaces('', 'kept');
    expect(AccessToken.take(places).value).toBe('kept');
    expect(places.written).toEqual([]);
  });

  it('is replaced by a newer link', () => {
    expect(AccessToken.take(makePlaces('#token=new', 'old')).value).toBe('new');
  });

  it.each(['#token=%', `#token=${'x'.repeat(300)}`])('is refused where the fragment makes no sense: %s', (hash) => {
    const places = makePlaces(hash);
    expect(AccessToken.take(places).value).toBeUndefined();
    expect(places.written).toHaveLength(1);
  });
});
