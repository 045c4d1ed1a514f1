import { describe, expect, it } from 'vitest';
import {
  toGatewayDetail,
  toModelService,
  toStoredService,
} from '../../../src/backends/ai-gateway/normalise.ts';
import { gatewayWire, modelServiceWire } from '../../../src/backends/ai-gateway/wire.ts';
import { readLeniently, wireTotal } from '../../../src/backends/lenient.ts';
import { toModel } from '../../../src/backends/model-router/normalise.ts';
import { modelWire } from '../../../src/backends/model-router/wire.ts';
import { toPaiModel } from '../../../src/backends/pai/normalise.ts';
import { paiModelWire } from '../../../src/backends/pai/wire.ts';
import { formatInstant } from '../../../src/domain/instant.ts';
import { parseExactJson } from '../../../src/transport/json.ts';

type Wire = Readonly<Record<string, unknown>>;

/** Reads a row as its adapter does, from the JSON text of an answer, with the fields that were odd. */
function reader<Row>(read: (value: unknown, noteOdd: (field: string) => void) => Row | undefined) {
  return (wire: Wire | string) => {
    const odd: string[] = [];
    const value = parseExactJson(typeof wire === 'string' ? wire : JSON.stringify(wire));
    return { row: read(value, (field) => odd.push(field)), odd };
  };
}

const readModel = reader((value, noteOdd) => readLeniently(modelWire, value, noteOdd, toModel));
const readPaiModel = reader((value, noteOdd) =>
  readLeniently(paiModelWire, value, noteOdd, (wire, noteOnce) => toPaiModel(wire, 'cn-beijing', noteOnce)),
);
const readService = reader((value, noteOdd) =>
  readLeniently(modelServiceWire, value, noteOdd, (wire, noteOnce) =>
    toModelService(wire, { region: 'cn-beijing', gatewaySourceId: 'pg-x' }, noteOnce),
  ),
);
const readStored = reader((value, noteOdd) =>
  readLeniently(modelServiceWire, value, noteOdd, (wire, noteOnce) =>
    toStoredService(wire, { region: 'cn-beijing', gatewaySourceId: 'pg-x' }, noteOnce),
  ),
);
const readGateway = reader((value, noteOdd) =>
  readLeniently(gatewayWire, value, noteOdd, (wire, noteOnce) =>
    toGatewayDetail(wire, 'cn-beijing', noteOnce),
  ),
);

const MODEL = { id: 1, name: 'Qwen', modelCode: 'qwen-turbo' };
const PAI_MODEL = { ModelId: 'model-x', ModelName: 'bert' };
const SERVICE = { ModelServiceId: 'ms-x', Name: 'test' };
const GATEWAY = { GwClusterId: 'pg-x' };

const instant = (ms: number | undefined) => (ms === undefined ? undefined : formatInstant(ms));

/** A field's value on the wire, what becomes of it, and whether that is odd. */
type Trap = readonly [value: unknown, expected: unknown, odd?: readonly string[]];

const TIMES: readonly Trap[] = [
  ['2024-01-01T00:00:00Z', '2024-01-01T00:00:00Z'],
  ['2021-01-30T12:51:33.028Z', '2021-01-30T12:51:33.028Z'],
  ['2026-01-04T16:09:29+08:00', '2026-01-04T08:09:29Z'],
  ['2024-10-16 16:46:20', '2024-10-16T08:46:20Z'],
  ['', undefined],
  [null, undefined],
  [undefined, undefined],
];
const BROKEN_TIMES = ['None', 'soon', '2024-02-30T00:00:00Z', '1704067200000'];
const NOT_TEXT: readonly unknown[] = [5, true, {}, [], ['text']];

describe('Model Router: an entry', () => {
  it.each<Trap>([
    [1, '1'],
    ['1', '1'],
    [0, '0'],
  ])('id %j is %j', (id, sourceId) => {
    expect(readModel({ ...MODEL, id }).row?.sourceId).toBe(sourceId);
  });

  it.each(['9007199254740993', '1234567890123456789', '9223372036854775807'])(
    'the id %s, beyond 2^53, keeps every digit',
    (id) => {
      expect(readModel(`{"id": ${id}, "name": "n"}`)).toMatchObject({ row: { sourceId: id }, odd: [] });
    },
  );

  it.each([[null], [undefined], [''], [' ']])('without an id (%j) it is dropped and counted', (id) => {
    expect(readModel({ ...MODEL, id })).toEqual({ row: undefined, odd: ['id'] });
  });

  it.each([[true], [{}], [[1]]])('with an id of another type (%j) it is dropped and counted once', (id) => {
    expect(readModel({ ...MODEL, id })).toEqual({ row: undefined, odd: ['id'] });
  });

  it.each([['[]'], ['null'], ['"text"'], ['5']])('%s is no row', (text) => {
    expect(readModel(text)).toEqual({ row: undefined, odd: ['(row)'] });
  });

  it('has every field missing but its id, and nothing odd', () => {
    const { row, odd } = readModel({ id: 7 });
    expect(row).toMatchObject({ type: 'Model', sourceId: '7', name: '7', tags: [], tagNames: [] });
    const rest = Object.entries(row ?? {}).filter(
      ([name]) => !['type', 'sourceId', 'name', 'tags', 'tagNames'].includes(name),
    );
    expect(rest.filter(([, value]) => value !== undefined)).toEqual([]);
    expect(odd).toEqual([]);
  });

  it('has every field null, and nothing odd', () => {
    const nulls = Object.fromEntries(Object.keys(modelWire.shape).map((name) => [name, null]));
    expect(readModel({ ...nulls, id: 7 })).toMatchObject({ row: { name: '7', tags: [] }, odd: [] });
  });

  it.each([
    [{ name: '', modelCode: 'code' }, 'code'],
    [{ name: null, modelCode: 'code' }, 'code'],
    [{ name: ' ', modelCode: '' }, '1'],
    [{ name: 5, modelCode: 'code' }, 'code'],
  ])('%j is named %s', (given, name) => {
    expect(readModel({ id: 1, ...given }).row?.name).toBe(name);
  });

  it('ignores what it does not know', () => {
    expect(readModel({ ...MODEL, newField: { deep: [1] }, apiKey: 'sk-secret' })).toEqual(readModel(MODEL));
  });

  it.each<Trap>([
    ['8192', 8192],
    [8192, 8192],
    ['32K', 32_768],
    ['8k', 8192],
    ['1M', 1_048_576],
    ['', undefined],
    [null, undefined],
    ['unlimited', undefined, ['maxInputLength']],
    ['None', undefined, ['maxInputLength']],
    [1.5, undefined, ['maxInputLength']],
    ['99999999999999999999', undefined, ['maxInputLength']],
    [true, undefined, ['maxInputLength']],
  ])('a length of %j is %j tokens', (maxInputLength, tokens, odd = []) => {
    const read = readModel({ ...MODEL, maxInputLength });
    expect([read.row?.maxInputTokens, read.odd]).toEqual([tokens, odd]);
    if (typeof maxInputLength === 'string' && maxInputLength !== '') {
      expect(read.row?.maxInputLength).toBe(maxInputLength);
    }
  });

  it.each([
    ['a,b', 'A,B', ['a', 'b'], ['A', 'B']],
    ['a,b,c', 'A', ['a', 'b', 'c'], ['A']],
    ['a', 'A,B', ['a'], ['A', 'B']],
    ['', '', [], []],
    [null, 'A', [], ['A']],
    [' a , ,b,', ',,', ['a', 'b'], []],
  ])('tags %j and tagNames %j are two lists of their own', (tags, tagNames, codes, names) => {
    expect(readModel({ ...MODEL, tags, tagNames })).toMatchObject({
      row: { tags: codes, tagNames: names },
      odd: [],
    });
  });

  it('tags that are no text cost themselves', () => {
    expect(readModel({ ...MODEL, tags: ['a'], tagNames: 'A' })).toMatchObject({
      row: { name: 'Qwen', tags: [], tagNames: ['A'] },
      odd: ['tags'],
    });
  });

  it.each<Trap>([
    ['', undefined],
    [' ', undefined],
    [null, undefined],
    ['{}', {}],
    ['{"a": {"b": [1, "2", null]}}', { a: { b: [1, '2', null] } }],
    ['{"big": 9007199254740993}', { big: '9007199254740993' }],
    ['[1]', [1]],
    ['"text"', 'text'],
    ['5', 5],
    ['{"a":', '{"a":'],
    ['not json', 'not json'],
    [{ a: 1 }, { a: 1 }],
    [[1], [1]],
    [false, false],
  ])('extensions %j are %j', (extensions, expected, odd = []) => {
    const read = readModel({ ...MODEL, extensions });
    expect([read.row?.extensions, read.odd]).toEqual([expected, odd]);
  });

  it.each<Trap>([
    [0, true],
    ['0', true],
    [1, false],
    ['1', false],
    [2, false],
    [null, undefined],
    ['', undefined],
    [undefined, undefined],
    [true, undefined, ['deleteTag']],
  ])('deleteTag %j: enabled is %j', (deleteTag, isEnabled, odd = []) => {
    const read = readModel({ ...MODEL, deleteTag });
    expect([read.row?.isEnabled, read.odd]).toEqual([isEnabled, odd]);
  });

  it.each<Trap>([
    [3, 3],
    ['3', 3],
    [3.0, 3],
    [2_147_483_647, 2_147_483_647],
    [2_147_483_648, undefined, ['version']],
    ['9007199254740993', undefined, ['version']],
    [1.5, undefined, ['version']],
    ['v3', undefined, ['version']],
    [{}, undefined, ['version']],
    [null, undefined],
  ])('version %j is %j', (version, expected, odd = []) => {
    const read = readModel({ ...MODEL, version });
    expect([read.row?.version, read.odd]).toEqual([expected, odd]);
  });

  it.each<Trap>([...TIMES, ...BROKEN_TIMES.map((text): Trap => [text, undefined, ['gmtCreate']])])(
    'gmtCreate %j is %j',
    (gmtCreate, expected, odd = []) => {
      const read = readModel({ ...MODEL, gmtCreate });
      expect([instant(read.row?.createdAt), read.odd]).toEqual([expected, odd]);
    },
  );

  it.each<Trap>([
    ['https://xxxxxx', 'https://xxxxxx'],
    ['https://u:p@host/v1?key=secret#s', 'https://host/v1?key=***'],
    ['', undefined],
    ['host', undefined, ['baseUrl']],
    ['oss://bucket/x', undefined, ['baseUrl']],
    ['None', undefined, ['baseUrl']],
  ])('baseUrl %j leaves as %j', (baseUrl, expected, odd = []) => {
    const read = readModel({ ...MODEL, baseUrl });
    expect([read.row?.baseUrl, read.odd]).toEqual([expected, odd]);
  });

  it.each<Trap>([
    ['sk-1****9', 'sk-1****9'],
    ['sk-0123456789abcdef', 'sk-0****cdef'],
    ['', undefined],
    [null, undefined],
  ])('apiKeyPreview %j leaves as %j', (apiKeyPreview, expected) => {
    expect(readModel({ ...MODEL, apiKeyPreview }).row?.apiKeyPreview).toBe(expected);
  });

  it.each<Trap>([
    [true, true],
    [false, false],
    [null, undefined],
    ['true', undefined, ['isCustom']],
    [1, undefined, ['isCustom']],
  ])('isCustom %j is %j', (isCustom, expected, odd = []) => {
    const read = readModel({ ...MODEL, isCustom });
    expect([read.row?.isCustom, read.odd]).toEqual([expected, odd]);
  });

  it('names its other fields, where they are odd, by their own names', () => {
    const { odd } = readModel({ ...MODEL, maxOutputLength: 'long', gmtModified: 'soon' });
    expect(odd).toEqual(['maxOutputLength', 'gmtModified']);
  });

  it.each([true, false])('hasBillingRule %j stays', (hasBillingRule) => {
    expect(readModel({ ...MODEL, hasBillingRule }).row?.hasBillingRule).toBe(hasBillingRule);
  });

  it.each(NOT_TEXT)('a description that is no text (%j) costs itself', (description) => {
    expect(readModel({ ...MODEL, description })).toMatchObject({
      row: { name: 'Qwen', description: undefined },
      odd: ['description'],
    });
  });

  it('many odd values cost their own fields, each counted once', () => {
    const wire = {
      ...MODEL,
      description: 5,
      tags: {},
      gmtCreate: 'soon',
      version: [],
      isCustom: 'x',
      inOut: 'text',
    };
    const { row, odd } = readModel(wire);
    expect(row).toMatchObject({ sourceId: '1', name: 'Qwen', modelCode: 'qwen-turbo', inOut: 'text' });
    expect(odd.toSorted()).toEqual(['description', 'gmtCreate', 'isCustom', 'tags', 'version']);
  });
});

describe('PAI: a model', () => {
  const label = (key: string) => ({ Key: key, Value: `${key}-value` });
  const labels = (...keys: readonly string[]) => keys.map((key) => ({ key, value: `${key}-value` }));

  it.each([
    ['both: Tags count', { Tags: [label('t')], Labels: [label('l')] }, labels('t')],
    ['Tags null: Labels count', { Tags: null, Labels: [label('l')] }, labels('l')],
    ['Tags absent: Labels count', { Labels: [label('l')] }, labels('l')],
    ['Tags empty: there are none', { Tags: [], Labels: [label('l')] }, []],
    ['Labels null', { Labels: null }, []],
    ['neither', {}, []],
    ['a value that is empty', { Tags: [{ Key: 'k', Value: '' }] }, [{ key: 'k', value: undefined }]],
    ['a value that is missing', { Tags: [{ Key: 'k' }] }, [{ key: 'k', value: undefined }]],
  ])('labels, %s', (_trap, given, expected) => {
    expect(readPaiModel({ ...PAI_MODEL, ...given })).toMatchObject({ row: { labels: expected }, odd: [] });
  });

  it.each([
    ['a label without a key', { Tags: [{ Value: 'v' }, label('t')] }, labels('t'), ['Tags.Key']],
    ['a null label', { Labels: [null, label('l')] }, labels('l'), ['Labels.Key']],
    ['a key that is a number', { Tags: [{ Key: 5, Value: 'v' }, label('t')] }, labels('t'), ['Tags.Key']],
    [
      'a value that is a number',
      { Tags: [{ Key: 'k', Value: 5 }, label('t')] },
      [{ key: 'k', value: undefined }, ...labels('t')],
      ['Tags.Value'],
    ],
    ['Tags that are no list', { Tags: {}, Labels: [label('l')] }, labels('l'), ['Tags']],
  ])('%s costs itself, counted once', (_trap, given, expected, odd) => {
    const read = readPaiModel({ ...PAI_MODEL, ...given });
    expect(read.row).toMatchObject({ name: 'bert', labels: expected });
    expect(read.odd).toEqual(odd);
  });

  it('a label that is a text costs itself, and is counted', () => {
    const read = readPaiModel({ ...PAI_MODEL, Labels: ['k=v', label('l')] });
    expect(read.row?.labels).toEqual(labels('l'));
    expect(read.odd).toContain('Labels');
  });

  it.each<Trap>([
    ['PRIVATE', 'PRIVATE'],
    ['public', 'PUBLIC'],
    [' Private ', 'PRIVATE'],
    ['', undefined],
    [null, undefined],
    ['SHARED', undefined],
    [1, undefined, ['Accessibility']],
  ])('Accessibility %j is %j', (Accessibility, expected, odd = []) => {
    const read = readPaiModel({ ...PAI_MODEL, Accessibility });
    expect([read.row?.accessibility, read.odd]).toEqual([expected, odd]);
  });

  it.each(['9007199254740993', '-9007199254740993', '99999999999999999999', '1.5', '1e400', '"7B"', 'true'])(
    'a ParameterSize of %s, which Long cannot hold, is null and counted',
    (size) => {
      expect(
        readPaiModel(`{"ModelId": "model-x", "ParameterSize": ${size}, "OrderNumber": 3}`),
      ).toMatchObject({
        row: { parameterSize: undefined, orderNumber: 3 },
        odd: ['ParameterSize'],
      });
    },
  );

  it.each<Trap>([
    [7000, 7000],
    ['7000', 7000],
    [0, 0],
    [-1, -1],
    [9_007_199_254_740_991, 9_007_199_254_740_991],
    ['', undefined],
    [null, undefined],
  ])('a ParameterSize of %j is %j', (ParameterSize, expected) => {
    expect(readPaiModel({ ...PAI_MODEL, ParameterSize })).toMatchObject({
      row: { parameterSize: expected },
      odd: [],
    });
  });

  it.each<Trap>([...TIMES, ...BROKEN_TIMES.map((text): Trap => [text, undefined, ['GmtCreateTime']])])(
    'GmtCreateTime %j is %j',
    (GmtCreateTime, expected, odd = []) => {
      const read = readPaiModel({ ...PAI_MODEL, GmtCreateTime });
      expect([instant(read.row?.createdAt), read.odd]).toEqual([expected, odd]);
    },
  );

  it.each([
    [{ Provider: 'pai', Origin: 'ModelScope' }, 'pai'],
    [{ Provider: '', Origin: 'ModelScope' }, 'ModelScope'],
    [{ Provider: null }, undefined],
  ])('%j: the vendor is the provider, else the origin: %j', (given, vendor) => {
    expect(readPaiModel({ ...PAI_MODEL, ...given }).row?.vendor).toBe(vendor);
  });

  it('ids of accounts and workspaces keep every digit, as text or as numbers', () => {
    const text = '{"ModelId": "m", "OwnerId": 1557702098194904321, "UserId": "0123", "WorkspaceId": 32417}';
    expect(readPaiModel(text)).toMatchObject({
      row: { ownerId: '1557702098194904321', userId: '0123', workspaceId: '32417' },
      odd: [],
    });
  });

  it.each<Trap>([
    ['https://u:PW@h.example/doc?sig=X#part', 'https://h.example/doc?sig=X#part'],
    ['https://token@h.example', 'https://h.example'],
    ['https://u:p@ss@h.example/@me', 'https://h.example/@me'],
    [
      'see oss://key:PW@bucket/a.md and https://u@h.example/b',
      'see oss://bucket/a.md and https://h.example/b',
    ],
    ['https://h.example/a@b?to=me@h.example', 'https://h.example/a@b?to=me@h.example'],
    ['mail me@h.example', 'mail me@h.example'],
    ['', undefined],
    [null, undefined],
    ['https://joe:my pw@h/x', 'https://h/x'],
    ['https:/joe:pw1@h/x', 'https:/h/x'],
    ['https:joe:pw1@h/x', 'https:h/x'],
    ['//joe:pw1@h/x', '//h/x'],
    ['see https://h/x or write to me@h', 'see https://h/x or write to me@h'],
  ])('ModelDoc %j leaves as %j, without user information', (ModelDoc, expected) => {
    const { row, odd } = readPaiModel({ ...PAI_MODEL, ModelDoc });
    expect([row?.documentation, odd]).toEqual([expected, []]);
  });

  it('ExtraInfo is any JSON, long integers as text', () => {
    expect(
      readPaiModel('{"ModelId": "m", "ExtraInfo": {"a": 9007199254740993, "b": null}}').row?.extraInfo,
    ).toEqual({
      a: '9007199254740993',
      b: null,
    });
  });

  it.each([[null], [undefined]])('ExtraInfo %j is none', (ExtraInfo) => {
    const { row, odd } = readPaiModel({ ...PAI_MODEL, ExtraInfo });
    expect([row?.extraInfo, odd]).toEqual([undefined, []]);
  });

  it('a GmtModifiedTime that is none is counted under its own name', () => {
    expect(readPaiModel({ ...PAI_MODEL, GmtModifiedTime: 'soon' }).odd).toEqual(['GmtModifiedTime']);
  });

  it.each([[null], [undefined]])('LatestVersion %j is none', (LatestVersion) => {
    const { row, odd } = readPaiModel({ ...PAI_MODEL, LatestVersion });
    expect([row?.latestVersion, odd]).toEqual([undefined, []]);
  });

  it('LatestVersion is a version of the model, its odd fields counted below it', () => {
    const { row, odd } = readPaiModel({
      ...PAI_MODEL,
      LatestVersion: { VersionName: '0.1.0', Uri: 'nowhere' },
    });
    expect(row?.latestVersion).toMatchObject({
      modelSourceId: 'model-x',
      region: 'cn-beijing',
      versionName: '0.1.0',
      uri: undefined,
    });
    expect(odd).toEqual(['LatestVersion.Uri']);
  });

  it('has every field missing but its id, and is named after it', () => {
    const { row, odd } = readPaiModel({ ModelId: 'model-x' });
    expect(row).toMatchObject({ type: 'PaiModel', name: 'model-x', labels: [], region: 'cn-beijing' });
    expect(odd).toEqual([]);
  });

  it('loses an ExtraInfo that is nested too deep, and counts it', () => {
    const deep = JSON.parse('['.repeat(1_000) + ']'.repeat(1_000));
    const { row, odd } = readPaiModel({ ...PAI_MODEL, ExtraInfo: deep });
    expect(row?.extraInfo).toBeUndefined();
    expect(odd).toEqual(['ExtraInfo']);
  });

  it('keeps an id that is a number', () => {
    expect(readPaiModel({ ...PAI_MODEL, ModelId: 5 })).toMatchObject({ row: { sourceId: '5' }, odd: [] });
  });

  it.each([[null], [''], [undefined], [true]])(
    'without an id (%j) it is dropped and counted once',
    (ModelId) => {
      expect(readPaiModel({ ...PAI_MODEL, ModelId })).toEqual({ row: undefined, odd: ['ModelId'] });
    },
  );
});

describe('AI gateway: a service', () => {
  it.each<Trap>([
    ['openai', 'OPENAI'],
    ['OpenAI', 'OPENAI'],
    ['OPENAI', 'OPENAI'],
    ['anthropic', 'ANTHROPIC'],
    ['Anthropic', 'ANTHROPIC'],
    ['bailian', 'BAILIAN'],
    ['Model Studio', 'BAILIAN'],
    ['model studio', 'BAILIAN'],
    ['vllm', 'VLLM'],
    ['vLLM', 'VLLM'],
    [' vLLM ', 'VLLM'],
    ['gRPC', 'OTHER'],
    ['constructor', 'OTHER'],
    ['', 'OTHER'],
    [null, 'OTHER'],
    [undefined, 'OTHER'],
  ])('Protocol %j is %s, the raw text beside it', (Protocol, expected, odd = []) => {
    const read = readService({ ...SERVICE, Protocol });
    expect([read.row?.protocol, read.odd]).toEqual([expected, odd]);
    expect(read.row?.rawProtocol).toBe(Protocol === '' || Protocol === null ? undefined : Protocol);
  });

  it.each<Trap>([
    ['Enable', 'ENABLED'],
    ['enable', 'ENABLED'],
    ['Disable', 'DISABLED'],
    ['DISABLE', 'DISABLED'],
    ['Deleting', 'OTHER'],
    ['', 'OTHER'],
    [null, 'OTHER'],
  ])('Status %j is %s, the raw text beside it', (Status, expected, odd = []) => {
    const read = readService({ ...SERVICE, Status });
    expect([read.row?.status, read.odd]).toEqual([expected, odd]);
    expect(read.row?.rawStatus).toBe(Status === '' || Status === null ? undefined : Status);
  });

  it.each<Trap>([
    ['10', '10'],
    ['0', '0'],
    ['0.25', '0.25'],
    [10, '10'],
    [0.1, '0.1'],
    ['', undefined],
    [null, undefined],
    ['free', undefined, ['InputCostPointsPerMillion']],
    ['1,000', undefined, ['InputCostPointsPerMillion']],
    [1e21, undefined, ['InputCostPointsPerMillion']],
    [{}, undefined, ['InputCostPointsPerMillion']],
  ])('a price of %j is %j', (InputCostPointsPerMillion, expected, odd = []) => {
    const read = readService({ ...SERVICE, InputCostPointsPerMillion, RequestCostPoints: '1' });
    expect([read.row?.inputCostPointsPerMillion, read.odd]).toEqual([expected, odd]);
    expect(read.row?.requestCostPoints).toBe('1');
  });

  it('the raw key ends here: a preview, and no trace of the rest', () => {
    const key = 'sk-abcdef0123456789SECRETMIDDLE';
    const { row } = readService({
      ...SERVICE,
      ApiKey: key,
      Unknown: key,
      BaseUrl: `https://h/v1?key=${key}`,
    });
    expect(row?.apiKeyPreview).toBe('sk-a****DDLE');
    expect(JSON.stringify(row)).not.toContain('SECRET');
  });

  it('keeps an id that is a number', () => {
    expect(readService({ ...SERVICE, ModelServiceId: 5 })).toMatchObject({ row: { sourceId: '5' }, odd: [] });
  });

  it.each([[null], [''], [undefined], [true]])(
    'without an id (%j) it is dropped and counted once',
    (ModelServiceId) => {
      expect(readService({ ...SERVICE, ModelServiceId })).toEqual({
        row: undefined,
        odd: ['ModelServiceId'],
      });
    },
  );

  it('without a name it is named after its id', () => {
    expect(readService({ ModelServiceId: 'ms-x', Name: '' })).toMatchObject({
      row: { type: 'ModelService', name: 'ms-x' },
      odd: [],
    });
  });

  it('as it is stored it has no other name than its own', () => {
    expect(readStored({ ModelServiceId: 'ms-x', Name: '' }).row).toMatchObject({
      service: { name: 'ms-x' },
      name: undefined,
    });
    expect(readStored(SERVICE).row).toMatchObject({ service: { name: 'test' }, name: 'test' });
    expect(readStored({ Name: 'test' })).toEqual({ row: undefined, odd: ['ModelServiceId'] });
  });

  it('its URL leaves masked', () => {
    const { row } = readService({ ...SERVICE, BaseUrl: 'https://u:p@host/v1?key=secret#s' });
    expect(row?.baseUrl).toBe('https://host/v1?key=***');
  });

  it('its other prices, where they are odd, are counted under their own names', () => {
    const prices = { OutputCostPointsPerMillion: 'free', RequestCostPoints: 'free' };
    expect(readService({ ...SERVICE, ...prices }).odd).toEqual(Object.keys(prices));
  });
});

describe('AI gateway: a gateway', () => {
  it('has every field missing but its id, and nothing odd', () => {
    const { row, odd } = readGateway(GATEWAY);
    expect(row).toMatchObject({
      gateway: { type: 'AiGateway', sourceId: 'pg-x', region: 'cn-beijing' },
      endpoints: undefined,
    });
    expect(odd).toEqual([]);
  });

  it('a ModifyTime that is none, and an address that is none, are counted under their own names', () => {
    const { row, odd } = readGateway({
      ...GATEWAY,
      ModifyTime: 'soon',
      Endpoints: [{ Address: 'oss://bucket/x' }],
    });
    expect(row?.endpoints).toMatchObject([{ address: undefined }]);
    expect(odd).toEqual(['ModifyTime', 'Endpoints.Address']);
  });

  it.each<Trap>([...TIMES, ...BROKEN_TIMES.map((text): Trap => [text, undefined, ['ExpireTime']])])(
    'ExpireTime %j is %j',
    (ExpireTime, expected, odd = []) => {
      const read = readGateway({ ...GATEWAY, ExpireTime });
      expect([instant(read.row?.gateway.expiresAt), read.odd]).toEqual([expected, odd]);
    },
  );

  it.each<Trap>([
    ['8080', 8080],
    [8080, 8080],
    ['', undefined],
    [null, undefined],
    ['http', undefined, ['Endpoints.Port']],
    ['99999999999', undefined, ['Endpoints.Port']],
    [{}, undefined, ['Endpoints.Port']],
  ])('a port of %j is %j', (Port, expected, odd = []) => {
    const read = readGateway({ ...GATEWAY, Endpoints: [{ Address: 'host', Port, NetType: 'Public' }] });
    expect(read.row?.endpoints).toEqual([{ address: 'host', port: expected, netType: 'Public' }]);
    expect(read.odd).toEqual(odd);
  });

  it.each([
    ['null endpoints', null, undefined, []],
    ['no endpoints', undefined, undefined, []],
    ['an empty list', [], [], []],
    ['endpoints that are no list', 'host:80', undefined, ['Endpoints']],
    ['a null endpoint', [null], [], []],
    ['an endpoint that is a text', ['host:80'], [], ['Endpoints']],
  ])('%s', (_trap, Endpoints, expected, odd) => {
    const read = readGateway({ ...GATEWAY, Endpoints });
    expect([read.row?.endpoints, read.odd]).toEqual([expected, odd]);
  });

  it.each([
    ['host.example', 'host.example'],
    ['user:pass@host.example?key=secret', 'host.example'],
    ['https://user:pass@host.example/?key=secret', 'https://host.example/?key=***'],
    ['h?key=secret\nx', 'h'],
  ])('the address %s leaves as %s', (Address, expected) => {
    const { row } = readGateway({ ...GATEWAY, Endpoints: [{ Address }] });
    expect(row?.endpoints?.[0]?.address).toBe(expected);
  });
});

describe('a total', () => {
  it.each([
    [2, 2],
    ['2', 2],
    ['0', 0],
    [0, 0],
    ['None', undefined],
    ['', undefined],
    [null, undefined],
    [undefined, undefined],
    ['-1', undefined],
    [-1, undefined],
    [1.5, undefined],
    ['2 rows', undefined],
    [10n ** 20n, undefined],
  ])('%o is %o', (total, expected) => {
    expect(wireTotal.parse(total)).toBe(expected);
  });

  it.each([[true], [{}], [[]]])('%j is none, and not the end of the page it stands on', (total) => {
    expect(wireTotal.safeParse(total)).toEqual({ success: true, data: undefined });
  });
});
