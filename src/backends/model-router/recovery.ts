import type { Search } from '../../domain/candidate.ts';
import type { Model, NewModel } from '../../domain/model.ts';
import { anySizePages, readWhole } from '../../domain/page.ts';
import { GatewayError } from '../../errors.ts';
import { parseExactJson } from '../../transport/json.ts';
import type { BackendLink } from '../backend.ts';
import { asSet, type Forms, fieldsSent, ignoringCase, searchCreated } from '../created-since.ts';
import { readLeniently } from '../lenient.ts';
import { bodyOf, queryModelList } from './client.ts';
import { toModel } from './normalise.ts';
import { modelWire } from './wire.ts';

/** What a create sends and the backend tells again; of a key it tells a preview, whose form is not documented. */
const TOLD_AGAIN = [
  'name',
  'modelCode',
  'description',
  'vendor',
  'tags',
  'category',
  'baseUrl',
  'maxInputLength',
  'maxOutputLength',
  'inOut',
  'extensions',
] as const;

const FORMS: Forms<Model> = { tags: asSet, category: ignoringCase };

/** Rows of a search that are looked through: its filter is fuzzy. */
const MAX_ROWS = 2_000;

/** Looks for a model that a create made: one call for each 100 that the keyword finds. */
export function searchModel(link: BackendLink, wanted: NewModel): Search<Model> {
  return searchCreated(link, {
    sent: asAnswered(wanted),
    fields: fieldsSent(wanted, TOLD_AGAIN),
    forms: FORMS,
    list: () => listNamed(link, wanted.name),
  });
}

async function listNamed(link: BackendLink, keyword: string): Promise<readonly Model[]> {
  const pages = anySizePages(link.source, (page, size) => queryModelList(link, { keyword }, page, size));
  const listed = await readWhole(pages, MAX_ROWS);
  if (listed !== undefined) return listed;
  const message = `More than ${MAX_ROWS} models are like the one looked for.`;
  throw new GatewayError('UNEXPECTED_REFUSAL', message, { source: link.source });
}

/** The model that the backend would answer if it kept everything as it was sent. */
function asAnswered(wanted: NewModel): Model | undefined {
  const echo = { ...bodyOf(wanted), id: 0, modelCode: wanted.modelCode };
  return readLeniently(modelWire, parseExactJson(JSON.stringify(echo)), () => undefined, toModel);
}
