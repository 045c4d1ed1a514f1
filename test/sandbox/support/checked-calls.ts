import { expect } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { callVendor } from './vendor-client.ts';
import { differences, operationFacts } from './wire-facts.ts';

export type Row = Readonly<Record<string, unknown>>;

/** Performs an operation through the vendor's client and checks that every field of the answer is documented. */
export type Call = (action: string, input?: Row) => Promise<Row>;

export function checkedCalls(sandbox: Sandbox): Call {
  return async (action, input = {}) => {
    const { body, statusCode } = await callVendor(sandbox, action, input);
    expect(statusCode).toBe(200);
    expect(differences(operationFacts(action).response, body)).toEqual([]);
    if (operationFacts(action).product === 'aicontent') expect(body).toMatchObject({ success: true });
    return body;
  };
}

/** What a call failed with, after the form of its product's failure has been checked. */
export async function failureOf(sandbox: Sandbox, action: string, input: Row = {}) {
  const { statusCode, body } = await callVendor(sandbox, action, input).catch(
    ({ statusCode, data }: { statusCode: number; data: Row }) => ({ statusCode, body: data }),
  );
  if (operationFacts(action).product === 'aicontent') {
    expect(body).toEqual({
      requestId: expect.any(String),
      success: false,
      errCode: expect.any(String),
      errMessage: expect.any(String),
      httpStatusCode: expect.any(Number),
      data: null,
    });
    return { status: body['httpStatusCode'], code: body['errCode'], message: String(body['errMessage']) };
  }
  expect(body).toMatchObject({
    RequestId: expect.any(String),
    HostId: new URL(sandbox.url).host,
    Code: expect.any(String),
    Message: expect.any(String),
  });
  return { status: statusCode, code: body['Code'], message: String(body['Message']) };
}

/** The rows that an answer lists, wherever its product puts them. */
export function rowsOf(body: Row): readonly Row[] {
  const data = body['data'] as Row | readonly Row[] | undefined;
  const list = Array.isArray(data) ? data : (data as Row | undefined)?.['list'];
  const rows = list ?? body['Items'] ?? body['Models'] ?? body['Versions'] ?? body['Workspaces'];
  expect(rows).toBeInstanceOf(Array);
  return rows as readonly Row[];
}

/** The gateways of the demo data by how many services they hold. */
export async function gatewayIds(call: Call) {
  const rows = rowsOf(await call('DescribeGatewayList', { RegionId: 'cn-beijing' }));
  const [dozen, many, none] = rows.map(({ GwClusterId }) => String(GwClusterId));
  return { dozen, many, none };
}

/** The first row of a listing that has these values. */
export async function findRow(call: Call, action: string, input: Row, wanted: Row): Promise<Row> {
  const row = rowsOf(await call(action, input)).find((candidate) =>
    Object.entries(wanted).every(([name, value]) => candidate[name] === value),
  );
  if (!row) throw new Error(`${action} lists no ${JSON.stringify(wanted)}`);
  return row;
}
