import { describe, expect, it } from 'vitest';
import { openGateway } from '../../support/gateway.ts';
import { answerWith, requestsOf, sampleData } from './support.ts';

const PROVIDERS = `providers { name symbol baseUrl models {
  identifier category inOut maxInputLength maxOutputLength maxInputTokens maxOutputTokens extensions
} }`;

describe.each([
  ['providers', PROVIDERS, 'ModelRouterQueryNacosProviders'],
  ['tags', 'tags { code name }', 'ModelRouterQueryNacosTags'],
])('%s', (name, selection, action) => {
  it('reads one page without paging parameters, once for a query', async () => {
    await using gateway = await openGateway();
    const answer = await gateway.query(`{ ${selection} again: ${selection} }`);
    expect(answer.errors).toBeUndefined();
    expect(answer.data?.[name]).not.toEqual([]);
    expect(answer.data?.['again']).toEqual(answer.data?.[name]);
    const requests = requestsOf(gateway);
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      action,
      method: 'GET',
      path: `/api/v1/modelRouter/open/nacos/${name}`,
      query: {},
      bodyText: '',
    });
  });

  it('is an empty list where there are none', async () => {
    await using gateway = await openGateway({ sandbox: { data: 'empty' } });
    expect(await gateway.query(`{ ${selection} }`)).toEqual({ data: { [name]: [] } });
  });

  it.each([
    ['null', null],
    ['a list in an object', { list: [] }],
    ['a null list in an object', { list: null }],
  ])('is an empty list where the answer is %s', async (_what, data) => {
    await using gateway = await openGateway();
    gateway.sandbox.setFault(action, answerWith(data));
    expect(await gateway.query(`{ ${selection} }`)).toEqual({ data: { [name]: [] } });
  });

  it.each([
    ['an object', { items: [] }],
    ['a text', 'none'],
  ])('nulls its own field and nothing else where the answer is %s', async (_what, data) => {
    await using gateway = await openGateway();
    gateway.sandbox.setFault(action, answerWith(data));
    const answer = await gateway.query(`{ ${selection} models(first: 1) { nodes { name } } }`);
    expect(answer.data?.[name]).toBeNull();
    expect(answer.data?.['models']).not.toBeNull();
    expect(answer.errors).toMatchObject([
      { path: [name], extensions: { code: 'UPSTREAM_ERROR', source: 'MODEL_ROUTER' } },
    ]);
  });
});

describe('providers', () => {
  it('reads the documented answer', async () => {
    await using gateway = await openGateway();
    gateway.sandbox.setFault(
      'ModelRouterQueryNacosProviders',
      answerWith(sampleData('ModelRouterQueryNacosProviders')),
    );
    expect((await gateway.query(`{ ${PROVIDERS} }`)).data).toEqual({
      providers: [
        {
          name: '通义千问',
          symbol: 'qwen',
          baseUrl: 'https://dashscope.aliyuncs.com',
          models: [
            {
              identifier: 'qwen-turbo',
              category: 'Chat',
              inOut: 'text',
              maxInputLength: '32K',
              maxOutputLength: '8K',
              maxInputTokens: 32768,
              maxOutputTokens: 8192,
              extensions: { async: false },
            },
          ],
        },
      ],
    });
  });

  it('drops what has no symbol or identifier, and survives values that do not fit', async () => {
    await using gateway = await openGateway();
    const data = [
      { name: 'nobody' },
      'no object',
      {
        symbol: 'bare',
        name: 7,
        baseUrl: 'https://user:secret@example.com/?key=secret',
        models: [null, { type: 'Chat' }, { identifier: 'x', inputToken: 8192, outputToken: 'long' }],
      },
      { symbol: 'empty', baseUrl: 'no url', models: null },
    ];
    gateway.sandbox.setFault('ModelRouterQueryNacosProviders', answerWith(data));
    const answer = await gateway.query(
      '{ providers { name symbol baseUrl models { identifier maxInputTokens maxOutputTokens maxOutputLength } } }',
    );
    expect(answer).toEqual({
      data: {
        providers: [
          {
            name: 'bare',
            symbol: 'bare',
            baseUrl: 'https://example.com/?key=***',
            models: [
              { identifier: 'x', maxInputTokens: 8192, maxOutputTokens: null, maxOutputLength: 'long' },
            ],
          },
          { name: 'empty', symbol: 'empty', baseUrl: null, models: [] },
        ],
      },
    });
  });
});

describe('tags', () => {
  it('reads the documented answer, and either of the two names of a field', async () => {
    await using gateway = await openGateway();
    const sample = sampleData<readonly unknown[]>('ModelRouterQueryNacosTags');
    const data = [...sample, { tag: 'OLD', tagName: '旧' }, { value: 'BARE' }, { label: 'nothing' }];
    gateway.sandbox.setFault('ModelRouterQueryNacosTags', answerWith(data));
    expect((await gateway.query('{ tags { code name } }')).data).toEqual({
      tags: [
        { code: 'TXT_GEN', name: '文本生成' },
        { code: 'NLP', name: '自然语言处理' },
        { code: 'OLD', name: '旧' },
        { code: 'BARE', name: 'BARE' },
      ],
    });
  });
});
