import type { Plugin } from 'graphql-yoga';

/** Those of whole answers. */
const WHOLE = ['application/json', 'application/graphql-response+json'];
/** That of a subscription's events. */
const STREAM = 'text/event-stream';
/** Those of answers that come in parts; a whole one can come so, too. */
const PARTS = [STREAM, 'multipart/mixed'];

/** How much a client wants a type; 0 of what it does not take. Source: RFC 9110, 12.4.2. */
const WEIGHT = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

interface Accepted {
  readonly type: string;
  /** From 0 to 1. */
  readonly weight: number;
  readonly parameters: readonly string[];
}

/** Takes nothing. */
const NOTHING = 'application/json;q=0';

/**
 * Orders the types of `accept` for who chooses by their order alone, as Yoga does: by their weight, and none that the
 * client does not take. Goes before all that read it.
 */
export function useWeightedTypes(): Plugin {
  // Nearly all requests ask for the same.
  let asked: string | undefined;
  let ordered = '';
  return {
    onRequest({ request }) {
      const accept = request.headers.get('accept');
      if (accept === null) return;
      if (accept !== asked) {
        ordered = inOrder(accept);
        asked = accept;
      }
      if (ordered !== accept) request.headers.set('accept', ordered);
    },
  };
}

function inOrder(accept: string): string {
  if (!/q=/i.test(accept)) return accept;
  const items = itemsOf(accept);
  const named = new Set(items.map(({ type }) => type));
  const taken = items.filter(({ weight }) => weight > 0).toSorted((a, b) => b.weight - a.weight);
  const types = taken.flatMap(({ type, parameters }) =>
    standsFor(type, named).map((one) => [one, ...parameters].join(';')),
  );
  return types.length === 0 ? NOTHING : types.join(', ');
}

/** Of a wildcard the types that no other item names, which counts for more, where one does. Source: RFC 9110, 12.5.1. */
function standsFor(type: string, named: ReadonlySet<string>): readonly string[] {
  const answers = [...WHOLE, ...PARTS].filter((answer) => answer !== type && matches(type, answer));
  return answers.some((answer) => named.has(answer))
    ? answers.filter((answer) => !named.has(answer))
    : [type];
}

/** Whether a header `accept` names a type that answers come in; a missing one takes any. */
export function acceptsAnswer(accept: string | null): boolean {
  return readable(accept).some(({ type }) => [...WHOLE, ...PARTS].some((answer) => matches(type, answer)));
}

/** Whether it takes a stream of events. */
export function acceptsEvents(accept: string | null): boolean {
  return readable(accept).some(({ type }) => matches(type, STREAM));
}

/**
 * Whether it names one that answers in parts come in, in the form of 2022-08-24 which they have here. A client that
 * asks for a later form (`incrementalSpec=v0.2`) could not read it.
 */
export function acceptsParts(accept: string | null): boolean {
  return readable(accept).some(
    ({ type, parameters }) =>
      PARTS.some((answer) => matches(type, answer)) &&
      parameters.every((text) => !/^(incremental|defer)spec=/.test(text) || text === 'deferspec=20220824'),
  );
}

function readable(accept: string | null): readonly Accepted[] {
  return itemsOf(accept ?? '*/*').filter(
    ({ weight, parameters }) =>
      weight > 0 && !parameters.some((text) => text.startsWith('charset=') && text !== 'charset=utf-8'),
  );
}

function itemsOf(accept: string): readonly Accepted[] {
  return accept.split(',').map((item) => {
    const [type = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
    const weights = parameters.flatMap((text) => WEIGHT.exec(text)?.[1] ?? []);
    return {
      type,
      weight: Number(weights[0] ?? 1),
      parameters: parameters.filter((text) => !WEIGHT.test(text)),
    };
  });
}

function matches(asked: string, answer: string): boolean {
  return asked === '*/*' || asked === answer || asked === `${answer.split('/')[0]}/*`;
}
