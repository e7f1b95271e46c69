// Lets a child process of a test run TypeScript with the compiler settings of Jest and of the build.
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const swc = require('@swc/core');
const options = require('../../../tools/swc-options.cjs');

Module._extensions['.ts'] = (module, filename) => {
  const { code } = swc.transformSync(readFileSync(filename, 'utf8'), { ...options, filename });
  module._compile(code, filename);
};
