import * as z from 'zod';
import { wireScalar, wireText } from '../lenient.ts';

const endpointWire = z.object({ Address: wireText, Port: wireScalar, NetType: wireText });

/**
 * A gateway, as DescribeGatewayList (without endpoints) and DescribeGatewayAttribute answer it.
 *
 * Source: version 2017-08-01. `ExpireTime` is empty for pay-as-you-go, `Port` is text.
 */
export const gatewayWire = z.object({
  GwClusterId: wireScalar,
  GwDescription: wireText,
  Status: wireText,
  CreateTime: wireText,
  ModifyTime: wireText,
  ExpireTime: wireText,
  Endpoints: z.array(endpointWire.nullish()).nullish(),
});

/** See {@link gatewayWire}. */
export type GatewayWire = z.output<typeof gatewayWire>;

/**
 * A model service, as DescribeModelServices answers it.
 *
 * Source: version 2017-08-01. `ApiKey` is the raw key in clear; prices are text.
 */
export const modelServiceWire = z.object({
  ModelServiceId: wireScalar,
  Name: wireText,
  ModelCategory: wireText,
  Protocol: wireText,
  Status: wireText,
  Vendor: wireText,
  BaseUrl: wireText,
  ApiKey: wireText,
  InputCostPointsPerMillion: wireScalar,
  OutputCostPointsPerMillion: wireScalar,
  RequestCostPoints: wireScalar,
  GmtCreated: wireText,
});

/** See {@link modelServiceWire}. */
export type ModelServiceWire = z.output<typeof modelServiceWire>;

/** The answer of CreateModelService. Source: version 2017-08-01. */
export const createdModelServiceWire = z.object({
  ModelServiceId: wireText,
  Status: wireText,
});
