import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { factContracts } from '@lib/contracts';
import { projectRoot } from '../stack/files';
import { asyncApi } from './asyncapi';
import { contractDocuments } from './documents';
import { missingSamples } from './samples';
import { stableJson } from './stable-json';

describe('the published contracts', () => {
  it.each(contractDocuments().map(({ path, content }) => [path, content] as const))(
    '%s says what the code says (else: npm run generate)',
    (path, content) => {
      const file = join(projectRoot(), path);
      expect(existsSync(file)).toBe(true);
      expect(readFileSync(file, 'utf8') === content).toBe(true);
    },
  );

  it('name every published fact once, on the topic that carries it', () => {
    const { channels } = asyncApi() as {
      channels: Record<string, { messages: Record<string, unknown> }>;
    };
    for (const { type, topic } of factContracts) {
      const carried = Object.keys(channels).filter((name) => channels[name]?.messages[type]);
      expect([type, carried]).toEqual([type, topic === undefined ? [] : [topic]]);
    }
  });

  it('refer only to messages, channels and schemas that are there', () => {
    const document = asyncApi();
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
      ([, path = '']) => path,
    );
    expect(references.length).toBeGreaterThan(30);
    for (const path of references) {
      const found = path
        .split('/')
        .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document);
      expect([path, typeof found]).toEqual([path, 'object']);
    }
  });

  it('are the same text for equal values, whatever the order of their keys', () => {
    expect(stableJson({ b: [{ d: 1, c: 2 }], a: null })).toBe(
      stableJson({ a: null, b: [{ c: 2, d: 1 }] }),
    );
  });
});

describe('stored samples of facts', () => {
  it('are there for every type of fact', () => {
    expect(missingSamples(projectRoot())).toEqual([]);
  });

  it('are missed where there are none', () => {
    expect(missingSamples(join(projectRoot(), 'docs'))).toHaveLength(factContracts.length);
  });
});
