/** The part of Buildbot's React UI (4.0 and later) that is used here: what it leaves in global names for its plugins, typed. */

export interface MenuGroup {
  readonly name: string;
  /** Has to be registered before. */
  readonly parentName: string | null;
  readonly caption: string;
  readonly route: string | null;
  readonly icon?: unknown;
  readonly order: number | null;
}

export interface RegistrationCallbacks {
  registerMenuGroup(group: MenuGroup): void;
  registerRoute(route: {
    readonly route: string;
    readonly group: string | null;
    readonly element: () => unknown;
  }): void;
}

interface Ref<T> {
  current: T;
}

/** React 18. Elements and components are opaque: nothing is done with them but to hand them on. */
export interface HostReact {
  createElement(
    type: unknown,
    props?: Readonly<Record<string, unknown>> | null,
    ...children: readonly unknown[]
  ): unknown;
  useEffect(effect: () => (() => void) | undefined, dependencies: readonly unknown[]): void;
  useLayoutEffect(effect: () => (() => void) | undefined, dependencies?: readonly unknown[]): void;
  useRef<T>(initial: T): Ref<T>;
  useState<T>(initial: T): readonly [T, (next: T) => void];
}

/** react-router 6. */
export interface HostRouter {
  useHref(to: string): string;
  useLocation(): { readonly pathname: string; readonly search: string };
  useNavigate(): (to: string, options: { readonly replace: boolean }) => void;
}

export interface BuildbotHost {
  readonly BuildbotPluginSupport: {
    buildbotSetupPlugin(setUp: (callbacks: RegistrationCallbacks) => void): void;
  };
  readonly React: HostReact;
  readonly ReactRouterDOM: HostRouter;
  /** The bar above the content, and with it the title of the browser's tab. */
  readonly BuildbotUi?: {
    useTopbarItems?(items: readonly { readonly caption: string; readonly route: string | null }[]): void;
  };
}

/** Absent in a UI of another kind: Buildbot 3 had one of AngularJS. */
export const findHost = (globals: Partial<BuildbotHost>): BuildbotHost | undefined =>
  globals.BuildbotPluginSupport === undefined || globals.React === undefined || globals.ReactRouterDOM === undefined
    ? undefined
    : (globals as BuildbotHost);
