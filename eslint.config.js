import { fileURLToPath } from 'node:url';
import js from '@eslint/js';
import angular from 'angular-eslint';
import boundaries from 'eslint-plugin-boundaries';
import tseslint from 'typescript-eslint';
import { importLayerPolicies, importLayerSettings } from './scripts/lint/import-layers.mjs';

const ROOT = import.meta.dirname;
const IMPORT_RESOLVER = fileURLToPath(new URL('scripts/lint/import-resolver.cjs', import.meta.url));

const TYPE_PROJECTS = [
  'plugin/tsconfig.json',
  'trace/tsconfig.json',
  'src/tsconfig.app.json',
  'src/tsconfig.worker.json',
  'src/tsconfig.spec.json',
  'e2e/tsconfig.json',
];

export default tseslint.config(
  {
    ignores: [
      'node_modules/',
      'dist/',
      '.angular/',
      '.cache/',
      'coverage/',
      'test-results/',
      'playwright-report/',
      'plugin/test/images/',
    ],
  },
  js.configs.recommended,

  {
    name: 'imports',
    files: ['**/*.{ts,js,mjs,cjs}'],
    plugins: { boundaries },
    settings: {
      ...importLayerSettings,
      'boundaries/root-path': ROOT,
      'boundaries/include': ['**/*.{ts,js,mjs,cjs}'],
      'boundaries/legacy-templates': false,
      'import/resolver': { [IMPORT_RESOLVER]: {} },
    },
    rules: {
      'boundaries/dependencies': [
        'error',
        { default: 'disallow', checkAllOrigins: true, policies: importLayerPolicies },
      ],
      'boundaries/no-unknown-files': 'error',
    },
  },

  {
    name: 'typescript',
    files: ['**/*.ts'],
    extends: [tseslint.configs.strict, tseslint.configs.stylistic],
    languageOptions: {
      parserOptions: {
        tsconfigRootDir: ROOT,
        project: TYPE_PROJECTS,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      // It forbids `void` where a call answers with nothing, and in destructured generics.
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Indexes into columns and tables are checked where data comes in; `noUncheckedIndexedAccess` cannot know.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Components and modules of Angular are classes for their decorator's sake.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
    },
  },

  {
    name: 'specs',
    files: ['**/*.spec.ts'],
    // Code under test has to cope with whatever is thrown at it.
    rules: { '@typescript-eslint/only-throw-error': 'off' },
  },
  {
    name: 'e2e',
    files: ['e2e/**/*.ts'],
    // Playwright reads a fixture's needs from its parameter, which has to be a pattern even if it
    // needs nothing, and names what it only wants to be there.
    rules: {
      'no-empty-pattern': ['error', { allowObjectPatternsAsParameters: true }],
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
    },
  },
  {
    name: 'tool configuration',
    files: ['*.ts'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { parserOptions: { project: null } },
  },

  {
    name: 'page',
    files: ['src/**/*.ts'],
    extends: [angular.configs.tsRecommended],
    processor: angular.processInlineTemplates,
    rules: {
      '@angular-eslint/prefer-on-push-component-change-detection': 'error',
    },
  },
  {
    name: 'templates',
    files: ['src/**/*.html'],
    extends: [angular.configs.templateRecommended, angular.configs.templateAccessibility],
  },

  {
    name: 'scripts',
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: {
        AbortController: 'readonly',
        AbortSignal: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        clearInterval: 'readonly',
        clearTimeout: 'readonly',
        console: 'readonly',
        fetch: 'readonly',
        process: 'readonly',
        setInterval: 'readonly',
        setTimeout: 'readonly',
      },
    },
  },
  {
    name: 'host page',
    files: ['e2e/host-page/*.js'],
    languageOptions: {
      sourceType: 'script',
      globals: { CustomEvent: 'readonly', document: 'readonly', localStorage: 'readonly' },
    },
  },
  {
    name: 'common-js',
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { __dirname: 'readonly' } },
  },
);
