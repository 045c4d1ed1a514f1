import * as z from 'zod';
import { wireJson, wireScalar, wireText } from '../../lenient.ts';

/** One of `data` of ModelRouterQueryNacosProviders. Source: version 20240611; lengths are free text. */
export const providerWire = z.object({
  name: wireText,
  symbol: wireText,
  baseUrl: wireText,
  models: z
    .array(
      z
        .object({
          identifier: wireText,
          type: wireText,
          inOut: wireText,
          inputToken: wireScalar,
          outputToken: wireScalar,
          extensions: wireJson,
        })
        .nullable(),
    )
    .nullish(),
});

/** See {@link providerWire}. */
export type ProviderWire = z.output<typeof providerWire>;

/** One of `data` of ModelRouterQueryNacosTags. Source: version 20240611; `tag` and `tagName` say the same again. */
export const tagWire = z.object({ label: wireText, value: wireText, tag: wireText, tagName: wireText });

/** See {@link tagWire}. */
export type TagWire = z.output<typeof tagWire>;
