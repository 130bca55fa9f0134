/**
 * TEST DOUBLE of Buildbot's React web UI (4.0 to 4.4): not Buildbot, and nothing of its code. It keeps to what that UI promises its
 * plugins: global names, `buildbotSetupPlugin` early and late, menu, routes by a HashRouter, the bar on top, and a theme that is nothing but
 * values of `--bb-*` on the root element.
 */
const { React, ReactDOM, ReactRouterDOM } = globalThis;
const { createElement: h, useEffect, useState, useSyncExternalStore } = React;
const { HashRouter, Link, Route, Routes, useLocation } = ReactRouterDOM;

/** A value that views are drawn anew for. */
class Store {
  #value;
  #listeners = new Set();

  constructor(value) {
    this.#value = value;
  }

  get value() {
    return this.#value;
  }

  set(value) {
    this.#value = value;
    for (const listener of this.#listeners) listener();
  }

  subscribe = (listener) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

const useStore = (store) => useSyncExternalStore(store.subscribe, () => store.value);

const menu = new Store([]);
const routes = new Store([]);
const topbar = new Store([]);

const NO_ORDER = 99;

const findGroup = (groups, name) => {
  for (const group of groups) {
    const found = group.name === name ? group : findGroup(group.subGroups, name);
    if (found !== undefined) return found;
  }
  return undefined;
};

const addSorted = (groups, group) => {
  const others = groups.filter(({ name, route }) => name !== group.name || route !== group.route);
  const at = others.findIndex(({ order }) => order > group.order);
  return at < 0 ? [...others, group] : others.toSpliced(at, 0, group);
};

const registration = {
  registerMenuGroup({ parentName, order, ...settings }) {
    const group = { ...settings, order: order ?? NO_ORDER, subGroups: [] };
    const parent = parentName === null ? undefined : findGroup(menu.value, parentName);
    if (parentName !== null && parent === undefined) throw new Error(`Could not find named group ${parentName}`);
    if (parent === undefined) return menu.set(addSorted(menu.value, group));
    parent.subGroups = addSorted(parent.subGroups, group);
    menu.set([...menu.value]);
  },
  registerRoute(route) {
    routes.set([...routes.value, route]);
  },
  registerSettingGroup() {},
};

/** Plugins and the UI itself may come in either order. */
const setUps = [];
let isReady = false;
globalThis.BuildbotPluginSupport = {
  buildbotSetupPlugin(setUp) {
    if (isReady) setUp(registration, CONFIG);
    else setUps.push(setUp);
  },
};
globalThis.BuildbotUi = {
  useTopbarItems(items) {
    useEffect(() => {
      topbar.set(items);
      document.title = [`${CONFIG.title}:`, ...items.map(({ caption }) => caption)].join(' ');
    }, [items]);
    useEffect(
      () => () => {
        topbar.set([]);
        document.title = CONFIG.title;
      },
      [],
    );
  },
};

/** What a page may have under these names is not the profiler's to change. */
globalThis.d3 = Object.freeze({ version: 'of the host page' });
globalThis.nv = Object.freeze({ version: 'of the host page' });

const CONFIG = { title: 'Test master', user: { anonymous: true } };

/** Defaults of Buildbot 4.4, and its dark theme. */
const THEMES = {
  Light: {
    'background-color': '#fff',
    'border-color': '#ddd',
    'btn-background-color': '#fff',
    'btn-border-color': '#ccc',
    'card-bg-color': '#f5f5f5',
    'link-color': '#337ab7',
    'muted-text-color': '#555',
    'sidebar-background-color': '#30426a',
    'sidebar-button-text-color': '#b2bfdc',
    'sidebar-header-background-color': '#273759',
    'sidebar-header-text-color': '#fff',
    'text-color': '#333',
  },
  Dark: {
    'background-color': '#1e1e2e',
    'border-color': '#3a3a4c',
    'btn-background-color': '#2a2a3c',
    'btn-border-color': '#4a4a5c',
    'card-bg-color': '#2a2a3c',
    'link-color': '#79b8e8',
    'muted-text-color': '#a0a0b0',
    'sidebar-background-color': '#1a1a2e',
    'sidebar-button-text-color': '#b0b8d0',
    'sidebar-header-background-color': '#16162a',
    'sidebar-header-text-color': '#e0e0e0',
    'text-color': '#d4d4d8',
  },
};
const THEME_KEY = 'host-page-theme';

const showTheme = (name) => {
  for (const [variable, value] of Object.entries(THEMES[name])) {
    document.documentElement.style.setProperty(`--bb-${variable}`, value);
  }
  localStorage.setItem(THEME_KEY, name);
};

const Page = ({ title }) => {
  globalThis.BuildbotUi.useTopbarItems(useState([{ caption: title, route: null }])[0]);
  return h(
    'div',
    { className: 'container' },
    h('h1', null, title),
    h('p', null, 'A view of the host, with a ', h('a', { href: '#/' }, 'link'), '.'),
    h('table', { className: 'table' }, h('tbody', null, h('tr', null, h('th', null, 'Build'), h('td', null, '1')))),
    h('button', { type: 'button', className: 'btn btn-primary' }, 'Force'),
    h('input', { 'aria-label': 'Reason' }),
  );
};

const Settings = () =>
  h(
    'div',
    { className: 'container' },
    h(
      'label',
      null,
      'Theme ',
      h(
        'select',
        { defaultValue: localStorage.getItem(THEME_KEY) ?? 'Light', onChange: ({ target }) => showTheme(target.value) },
        Object.keys(THEMES).map((name) => h('option', { key: name }, name)),
      ),
    ),
  );

const MenuItem = ({ group, isSub = false }) => {
  const [isOpen, setOpen] = useState(false);
  const isCurrent = useLocation().pathname.startsWith(`${group.route}/`) || useLocation().pathname === group.route;
  const content = [group.caption, h('span', { className: 'icon', key: 'icon' }, group.icon)];
  return h(
    'li',
    { className: `${isSub ? 'sub' : ''}${isCurrent ? ' current' : ''}` },
    group.subGroups.length > 0
      ? h('button', { type: 'button', 'aria-expanded': isOpen, onClick: () => setOpen(!isOpen) }, content)
      : h(Link, { to: group.route }, content),
    isOpen &&
      h(
        'ul',
        null,
        group.subGroups.map((sub) => h(MenuItem, { group: sub, isSub: true, key: sub.name })),
      ),
  );
};

const Topbar = () =>
  h(
    'nav',
    { className: 'navbar navbar-expand-lg', 'aria-label': 'Here' },
    h('span', { className: 'navbar-brand' }, CONFIG.title),
    useStore(topbar).map(({ caption }) => h('span', { className: 'nav-item', key: caption }, `/ ${caption}`)),
  );

const App = () =>
  h(
    HashRouter,
    { future: { v7_startTransition: true, v7_relativeSplatPath: true } },
    h(
      'div',
      { className: 'page' },
      h(
        'aside',
        { className: 'sidebar', 'aria-label': 'Menu' },
        h('p', { className: 'title' }, CONFIG.title),
        h(
          'ul',
          null,
          useStore(menu).map((group) => h(MenuItem, { group, key: group.name })),
        ),
      ),
      h(
        'div',
        { className: 'content' },
        h(Topbar),
        h(
          Routes,
          null,
          useStore(routes).map(({ route, element }) => h(Route, { path: route, element: element(), key: route })),
          h(Route, { path: '*', element: h('p', null, 'There is no such page') }),
        ),
      ),
    ),
  );

const addOwnPage = (name, caption, order, element) => {
  const route = name === 'home' ? '/' : `/${name}`;
  registration.registerMenuGroup({ name, parentName: null, caption, route, order, icon: '•' });
  registration.registerRoute({ route, group: name, element });
};

const start = () => {
  showTheme(localStorage.getItem(THEME_KEY) ?? 'Light');
  addOwnPage('home', 'Home', 1, () => h(Page, { title: 'Home' }));
  addOwnPage('about', 'About', NO_ORDER, () => h(Page, { title: 'About' }));
  addOwnPage('settings', 'Settings', NO_ORDER, () => h(Settings));
  isReady = true;
  for (const setUp of setUps) setUp(registration, CONFIG);
  ReactDOM.createRoot(document.getElementById('root')).render(h(App));
};

const insertPlugin = () => {
  const script = document.createElement('script');
  script.src = 'plugins/profiler/scripts.js';
  script.onload = () => document.dispatchEvent(new CustomEvent('pluginready'));
  const styles = document.createElement('link');
  styles.rel = 'stylesheet';
  styles.href = 'plugins/profiler/styles.css';
  document.head.append(script, styles);
};

// `late` is what Buildbot does. In the other orders of events, `early` has the script in the page's head, before any of this.
switch (document.documentElement.dataset.plugin) {
  case 'late':
    start();
    insertPlugin();
    break;
  case 'between':
    document.addEventListener('pluginready', start, { once: true });
    insertPlugin();
    break;
  default:
    start();
}
