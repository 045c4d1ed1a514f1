import { describe, expect, it } from 'vitest';
import { aiGateway } from '../../../src/backends/ai-gateway/index.ts';
import type { HttpAnswer } from '../../../src/transport/http.ts';
import type { UpstreamRequest } from '../../../src/transport/request.ts';
import type { Upstream } from '../../../src/transport/upstream.ts';
import { NO_CALL_LOG } from '../../support/unwatched.ts';

/** A session over a list of `count` rows, which answers pages as `pageOf` makes them of the honest one. */
function openList(
  count: number,
  pageOf = (rows: readonly object[], _page: number) => ({ rows, total: count }),
) {
  const requests: Readonly<Record<string, string>>[] = [];
  const all = Array.from({ length: count }, (_, index) => ({
    ModelServiceId: `ms-${index}`,
    Name: `service ${index}`,
    CostRuleId: `rule-${index}`,
    Model: `model ${index}`,
  }));
  const call = async <T>(request: UpstreamRequest, read: (answer: HttpAnswer) => T): Promise<T> => {
    const query: Readonly<Record<string, string>> = Object.fromEntries(request.query);
    requests.push({ action: request.operation.name, ...query });
    const [page, size] = [Number(query['PageNumber'] ?? 1), Number(query['PageSize'] ?? 30)];
    const { rows, total } = pageOf(all.slice((page - 1) * size, page * size), page);
    const body = JSON.stringify({ RequestId: 'R-1', Items: rows, TotalRecordCount: total });
    return read({ status: 200, headers: {}, body });
  };
  const upstream: Upstream = {
    call,
    state: () => expect.unreachable(),
    earliestBackendTime: () => undefined,
  };
  const session = aiGateway.openSession({
    source: 'AI_GATEWAY',
    title: 'PolarDB AI gateway',
    region: 'cn-beijing',
    upstream,
    patience: { signal: new AbortController().signal, until: Number.POSITIVE_INFINITY },
    report: { outcome: () => undefined, drift: () => undefined, wrote: () => undefined },
    authorise: () => undefined,
    calls: NO_CALL_LOG,
  });
  return { session, requests };
}

const ROW_99 = { ModelServiceId: 'ms-99', CostRuleId: 'rule-99' };

const LISTS = [
  ['allServices', 'DescribeModelServices'],
  ['costRulesOfGateway', 'DescribeCostRules'],
] as const;

describe.each(LISTS)('%s', (list, action) => {
  it('reads every row of the gateway by pages of 100, without a filter', async () => {
    const { session, requests } = openList(230);
    const rows = await session[list]('pg-x');
    expect(rows).toHaveLength(230);
    expect(rows.at(-1)).toMatchObject({ gatewaySourceId: 'pg-x', region: 'cn-beijing' });
    const call = { action, RegionId: 'cn-beijing', GwClusterId: 'pg-x', PageSize: '100' };
    expect(requests).toEqual(['1', '2', '3'].map((PageNumber) => ({ ...call, PageNumber })));
  });

  it('has a row that moves while they are read once, where it first stood and as it was read last', async () => {
    const { session } = openList(150, (rows, page) =>
      page === 1
        ? { rows, total: 150 }
        : {
            rows: [{ ...ROW_99, Name: 'renamed', Model: 'renamed' }, ...rows],
            total: 151,
          },
    );
    const rows = await session[list]('pg-x');
    expect(rows.map(({ sourceId }) => Number(sourceId.split('-')[1]))).toEqual(
      Array.from({ length: 150 }, (_, place) => place),
    );
    expect(rows[99]).toMatchObject(list === 'allServices' ? { name: 'renamed' } : { modelName: 'renamed' });
  });

  it('reads them once a request, however many ask, and each gateway by itself', async () => {
    const { session, requests } = openList(3);
    await Promise.all([session[list]('pg-x'), session[list]('pg-x'), session[list]('pg-y')]);
    await session[list]('pg-x');
    expect(requests.map(({ GwClusterId }) => GwClusterId)).toEqual(['pg-x', 'pg-y']);
  });

  it('reads them anew after a write of the request', async () => {
    const { session, requests } = openList(3);
    await session[list]('pg-x');
    const rule = { gatewaySourceId: 'pg-x', modelServiceSourceId: 'ms-1', modelName: 'm' };
    // The answer lacks an id: even a write that failed leaves what was read in doubt.
    await expect(session.createCostRule(rule)).rejects.toMatchObject({ kind: 'UNREADABLE' });
    await session[list]('pg-x');
    expect(requests.map((request) => request['action'])).toEqual([action, 'CreateCostRule', action]);
  });

  it('takes 5,000 rows, and refuses more after one call, saying what to name', async () => {
    const whole = openList(5000);
    expect(await whole.session[list]('pg-x')).toHaveLength(5000);
    expect(whole.requests).toHaveLength(50);
    const { session, requests } = openList(5001);
    await expect(session[list]('pg-x')).rejects.toMatchObject({
      kind: 'INVALID_INPUT',
      message: expect.stringMatching(/more than 5,000 .*: name /),
    });
    expect(requests).toHaveLength(1);
  });

  it('stops at the bound where the backend tells no total and its list has no end', async () => {
    const endless = openList(100, () => ({
      rows: Array.from({ length: 100 }, () => ({})),
      total: Number.NaN,
    }));
    await expect(endless.session[list]('pg-x')).rejects.toMatchObject({ kind: 'INVALID_INPUT' });
    expect(endless.requests).toHaveLength(50);
  });

  it('ends cleanly where the total promises more than there is, after one probe', async () => {
    const { session, requests } = openList(1, (rows) => ({ rows, total: 150 }));
    expect(await session[list]('pg-x')).toHaveLength(1);
    expect(requests).toHaveLength(2);
  });

  it('goes on behind a total that its own page disproves, and behind a short page', async () => {
    const low = openList(150, (rows) => ({ rows, total: 1 }));
    expect(await low.session[list]('pg-x')).toHaveLength(150);
    const short = openList(250, (rows, page) => ({
      rows: page === 1 ? rows.slice(0, 60) : rows,
      total: 250,
    }));
    expect(await short.session[list]('pg-x')).toHaveLength(210);
  });
});
