/** Those of whole answers. */
const WHOLE = ['application/json', 'application/graphql-response+json'];
/** That of a subscription's events. */
const STREAM = 'text/event-stream';
/** Those of answers that come in parts; a whole one can come so, too. */
const PARTS = [STREAM, 'multipart/mixed'];

/** The weight of what a client does not take. Source: RFC 9110, 12.4.2. */
const NOT_ACCEPTED = /^q=0(?:\.0{0,3})?$/;

interface Accepted {
  readonly type: string;
  readonly parameters: readonly string[];
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
  return (accept ?? '*/*')
    .split(',')
    .map((item) => {
      const [type = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
      return { type, parameters };
    })
    .filter(
      ({ parameters }) =>
        !parameters.some(
          (text) => NOT_ACCEPTED.test(text) || (text.startsWith('charset=') && text !== 'charset=utf-8'),
        ),
    );
}

function matches(asked: string, answer: string): boolean {
  return asked === '*/*' || asked === answer || asked === `${answer.split('/')[0]}/*`;
}
