import { canonicalText } from '@domain/benefit';
import fc from 'fast-check';

describe('the canonical text of a document', () => {
  it('orders keys and leaves out white space and what is absent', () => {
    expect(canonicalText({ b: [1, { d: null, c: '甲' }], a: undefined, B: true })).toBe(
      '{"B":true,"b":[1,{"c":"甲","d":null}]}',
    );
  });

  it('is the same for equal documents and reads back as the document', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue()), (document) => {
        const turned = Object.fromEntries(Object.entries(document).toReversed());
        expect(canonicalText(turned)).toBe(canonicalText(document));
        expect(JSON.parse(canonicalText(document))).toEqual(JSON.parse(JSON.stringify(document)));
      }),
    );
  });
});
