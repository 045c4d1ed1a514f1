import { describe, expect, it } from 'vitest';
import { redactVendorText, withoutSecrets } from '../../../src/transport/redact.ts';

describe('what a vendor message may not carry to a client', () => {
  it.each([
    ['a URL', 'see https://polardb.aliyuncs.com/?Action=X&Key=abc for more', ['polardb', 'Action', 'abc']],
    ['a URL with credentials', 'GET http://bob:hunter2@10.0.0.8:8080/v1 failed', ['bob', 'hunter2', '10.0']],
    ['another scheme', 'cannot read oss://mybucket.oss-cn-beijing/path', ['mybucket', 'path']],
    ['a host', 'connect to aicontent.cn-beijing.aliyuncs.com failed', ['aicontent', 'aliyuncs']],
    ['a host and port', 'pg-x1.polardbaigateway.rds.aliyuncs.com:8080 is down', ['pg-x1', 'rds', '8080']],
    ['an internal host', 'upstream db-7.prod.internal refused', ['db-7', 'internal']],
    ['localhost', 'dial localhost:4173', ['localhost', '4173']],
    ['an IPv4 address', 'client 192.168.12.7:55123 is not in the list', ['192.168', '55123']],
    ['an IPv6 address', 'client 2001:db8:85a3::8a2e:370:7334 is not in the list', ['2001', '7334']],
    ['a short IPv6 address', 'bound to ::1 and fe80::1', ['::1', 'fe80']],
    ['an access key id', 'AccessKey LTAI5tExampleExample is inactive', ['LTAI5t']],
    ['a temporary key id', 'key STS.NUexampleexample expired', ['NUexample']],
    ['an API key', 'key sk-4f3c2a is refused', ['4f3c2a']],
    ['a masked API key', 'key sk-ab****yz is refused', ['ab*', 'yz']],
    ['a named key', 'ApiKey=opensesame&Name=x', ['opensesame']],
    ['a quoted named key', '{"apiKey":"opensesame","name":"x"}', ['opensesame']],
    ['a bearer header', 'Authorization: Bearer opensesame', ['opensesame']],
    ['a basic header', 'authorization=Basic b3BlbjpzZXNhbWU=', ['b3Blbj']],
    ['a signature header', 'x-acs-signature-nonce: 12ab, x-acs-date:2026', ['12ab', '2026', 'nonce']],
    ['a signature', 'signature is wmdYhbJbB1xLJvOoSiSm0Y0lqGI=', ['wmdYh']],
    ['a hex digest', 'expected e3b0c44298fc1c149afbf4c8996fb924', ['e3b0c4']],
    [
      'user information',
      'invalid host: alice:PLANTEDpw1@dashscope.aliyuncs.com',
      ['alice', 'PLANTED', 'dash'],
    ],
    ['user information with signs', 'at bob:p@ss:w!rd@db-7:3306.', ['bob', 'ss:', 'w!rd', 'db-7', '3306']],
    ['a user of a host', 'QUERYSECRET@h.example.com is wrong', ['QUERYSECRET', 'example']],
    ['a named key behind a wide colon', 'apiKey：opensesame，请检查', ['opensesame']],
    ['a named key behind a wide sign', 'api_key＝opensesame', ['opensesame']],
    ['a key named in Chinese', '密钥ID：opensesame，密码: “hunter2”', ['opensesame', 'hunter2']],
    ['a host and port of two names', 'cannot connect to vllm-0.prod:8000', ['vllm', 'prod', '8000']],
    ['a host and port of one name', 'host mysql-primary:3306 refused', ['mysql', 'primary', '3306']],
    ['a host and port anywhere', 'mysql-primary:3306 and vllm-0.prod:80 refused', ['mysql', 'vllm', ':80']],
    ['a plain name and port', 'dial tcp redis:6379: timeout', ['redis', '6379']],
    ['a host with capitals', 'connect to model.Example.Cloud failed', ['model', 'Example', 'Cloud']],
    ['a host in capitals', 'DB7.PROD.EXAMPLE is down', ['DB7', 'PROD', 'EXAMPLE']],
    [
      'a host with a capital in front',
      'connect to Model.Example.Cloud failed',
      ['Model', 'Example', 'Cloud'],
    ],
    ['an unknown host', 'getaddrinfo ENOTFOUND vllm-0.prod', ['vllm', 'prod']],
    ['an account id behind a sign', 'UID_1234567890123456', ['12345']],
    ['an account id behind letters', 'uid1234567890123456, owner1234567890123456', ['12345']],
    ['an account id in Chinese', '账号1234567890123456无权限', ['12345']],
    ['an account id', 'account 1557702098194904 has no rights', ['15577']],
    ['a starred account id', 'account 100000000000**** has no rights', ['10000', '*']],
    ['a resource name', 'no rights on acs:ram::1557702098194904:user/bob', ['15577', 'bob']],
    ['a path', 'POST /api/v1/modelRouter/open/models is not allowed', ['api', 'modelRouter']],
    ['a path in quotes', 'no route "/api/v1/models/model-x"', ['models', 'model-x']],
    ['a query', 'refused ?RegionId=cn-beijing&GwClusterId=pg-secret', ['RegionId', 'pg-secret']],
    [
      'a query without its mark',
      'got RegionId=cn-beijing&GwClusterId=pg-secret',
      ['cn-beijing', 'pg-secret'],
    ],
  ])('%s', (_what, text, parts) => {
    const redacted = redactVendorText(text);
    for (const part of parts) expect(redacted).not.toContain(part);
    expect(redacted).toMatch(/\[\w+\]/);
  });

  it.each([
    ['a secret that is an ordinary word', 'banana', 'The key banana is not valid.'],
    ['a secret inside a word', 'opensesame', 'xopensesamex'],
    ['a secret with blanks', 'open sesame', 'The key open sesame is not valid.'],
    ['a secret in a query', "it's(a)key*+/", 'ApiKeyX it%27s%28a%29key%2A%2B%2F'],
    ['a secret as encodeURIComponent writes it', "it's(a)key*+/", "ApiKeyX it's(a)key*%2B%2F"],
    ['a secret inside JSON', 'a"b\\c', String.raw`got "a\"b\\c"`],
    ['a secret inside XML', `a"b&c'd<e>`, '<Key>a&quot;b&amp;c&apos;d&lt;e&gt;</Key>'],
    ['a secret inside XML, by numbers', `a"b&c'd<e>`, '<Key>a&#34;b&#x26;c&#039;d&#x3C;e></Key>'],
    ['a secret inside JSON that escapes what HTML must', 'a&b<c', String.raw`got "a\u0026b\u003Cc"`],
    ['a secret beyond the longest text', 'banana', `${'x '.repeat(140)}banana`],
  ])('%s goes, whatever it looks like', (_what, secret, text) => {
    const redacted = redactVendorText(text, [secret]);
    expect(redacted).not.toContain(secret);
    expect(redacted).not.toMatch(/quot|#34|u0026/);
    expect(redacted).not.toContain(encodeURIComponent(secret));
    expect(redacted).toContain('[redacted]');
  });

  it('a secret that begins like another one leaves nothing of the longer one', () => {
    expect(redactVendorText('key banana-split', ['banana', 'banana-split'])).toBe('key [redacted]');
  });

  it('a secret of one letter does not take the marks apart', () => {
    expect(redactVendorText('need', ['e', 'd'])).toBe('n[redacted][redacted][redacted]');
  });

  it('a secret that is no well-formed text, or is empty, is no reason to throw', () => {
    expect(redactVendorText('ok', ['\ud800', ''])).toBe('ok');
  });

  it.each(['a', 'a.', 'a-', 'a:', 'a@', 'a:@', 'Aa', ':', '/', '1', 'a=&', '%7E'])(
    'a text of %j alone takes no time',
    (part) => {
      const started = performance.now();
      redactVendorText(`${part.repeat(1_000_000 / part.length)}!`);
      expect(performance.now() - started).toBeLessThan(500);
    },
  );

  it('a long text is cut', () => {
    const redacted = redactVendorText('word '.repeat(1000));
    expect(redacted).toHaveLength(300);
    expect(redacted.endsWith('…')).toBe(true);
  });
});

describe('what must survive', () => {
  it.each([
    'The specified parameter Name is not valid.',
    'MissingParameter: GwClusterId is missing',
    'InputCostPointsPerMillion must not be negative, OutputCostPointsPerMillion neither',
    'Forbidden.InstanceNotFound',
    'Throttling.User: Request was denied due to user flow control.',
    'NoPermission for polardb:DescribeModelServices',
    '鉴权失败或权限不足',
    'Valid values are text/plain and application/json.',
    'read and/or write',
    'Maintenance from 08:30:00 to 09:30:00',
    'PageSize must be 30, 50 or 100',
    'ModelName has 1 to 127 characters',
    'The token is expired. The signature is wrong.',
    'version 0.1.0 of text-classification',
    'model qwen-turbo exists already',
    'Is this right? Yes.',
    'model.py is missing, model.py:120 too',
    'version 1.2.3 at 12:30:45',
    'code:400, status: 404, port:8080',
    'error-code:40001, max_tokens:4096 and max-length:8192',
    '"Code":"InvalidParameter","HostId":"","Count":1024',
    '{"Code":"InvalidParameter","Status":400}',
    'Forbidden.RAM.User, B.Permission.DeniedException and InvalidParameter.modelName.Format',
    'java.lang.NullPointerException',
    'Throttling.User:429',
    'qwen2.5:72b at temperature:0.25',
    'model_20240611 and snapshot20240611123045',
    'the host is not there, connect to it again',
    '密钥无效，请检查密钥。',
    '错误：模型不存在',
    'user@latest',
  ])('%s', (text) => {
    expect(redactVendorText(text)).toBe(text);
  });
});

it('a known secret goes as a form encodes it, too', () => {
  expect(redactVendorText('Key=p+q%22r&Name=x', ['p q"r'])).not.toContain('p+q');
});

describe('a secret with punctuation', () => {
  it.each([
    ['as it is', 'Zm9v/ab+c=='],
    ['as a careful writer of JSON has it', String.raw`Zm9v\u002fab\u002bc\u003d\u003d`],
    ['with a slash that is escaped', String.raw`Zm9v\/ab+c==`],
    ['as numbers of XML', 'Zm9v&#x2F;ab&#43;c&#61;&#x3D;'],
  ])('is found %s', (_how, spelling) => {
    expect(withoutSecrets(`key ${spelling}.`, ['Zm9v/ab+c=='])).toBe('key [redacted].');
  });
});
