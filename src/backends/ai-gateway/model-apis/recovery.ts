import type { Search } from '../../../domain/candidate.ts';
import type { ModelApi, NewModelApi } from '../../../domain/model-api.ts';
import type { BackendLink } from '../../backend.ts';
import { type Forms, fieldsSent, ignoringCase, searchCreated } from '../../created-since.ts';
import { readLeniently } from '../../lenient.ts';
import { readWholeList } from '../whole-list.ts';
import { listModelApis, ownParameters } from './client.ts';
import { toStoredModelApi } from './normalise.ts';
import { modelApiWire } from './wire.ts';

const TOLD_AGAIN = [
  'name',
  'category',
  'protocol',
  'pathPrefix',
  'routeRules',
  'recordInput',
  'recordOutput',
] as const;

const FORMS: Forms<ModelApi> = { category: ignoringCase };

/** Looks for an API that a create made: one call for each 100 that bear the name. */
export function searchApi(link: BackendLink, wanted: NewModelApi): Search<ModelApi> {
  const { gatewaySourceId, name } = wanted;
  return searchCreated(link, {
    sent: asAnswered(link, wanted),
    fields: fieldsSent(wanted, TOLD_AGAIN),
    forms: FORMS,
    list: () =>
      readWholeList(
        (...page) => listModelApis(link, gatewaySourceId, ...page, name),
        ({ sourceId }) => sourceId,
        'More model APIs match the name than one request reads.',
      ),
  });
}

/** The API that the backend would answer if it kept everything as it was sent. */
function asAnswered({ region }: BackendLink, wanted: NewModelApi): ModelApi | undefined {
  const echo = { ...ownParameters(wanted), Category: wanted.category, ModelApiId: 'sent' };
  const { gatewaySourceId } = wanted;
  return readLeniently(
    modelApiWire,
    echo,
    () => undefined,
    (wire, noteOdd) => toStoredModelApi(wire, { region, gatewaySourceId }, noteOdd),
  )?.api;
}
