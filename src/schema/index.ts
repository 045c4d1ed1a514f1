import './node.ts';
import './model.ts';
import './pai-model.ts';
import './ai-gateway.ts';
import './model-service.ts';
import './sources.ts';
import type { GraphQLSchema } from 'graphql';
import { builder } from '../builder.ts';

/** The graph, its fields and values in the order they are declared. */
export const schema: GraphQLSchema = builder.toSchema({ sortSchema: false });
