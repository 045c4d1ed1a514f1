/** A request the cloud turns away: a vendor code with the HTTP status that goes with it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;
  /** What the refusal means as an HTTP status. */
  readonly status: number;
  /** The status line of the answer; differs from `status` only where an API hides failures behind 200. */
  readonly httpStatus: number;

  constructor(status: number, code: string, message: string, httpStatus: number = status) {
    super(message);
    this.status = status;
    this.code = code;
    this.httpStatus = httpStatus;
  }
}

/** Source: `MissingParameter` is 400 on the PolarDB error page. */
export function missingParameter(name: string): Refusal {
  return new Refusal(400, 'MissingParameter', `The input parameter "${name}" is mandatory but not supplied.`);
}

/** Source: `InvalidParameter` is 400 on the PolarDB error page. */
export function invalidParameter(name: string, why: string): Refusal {
  return new Refusal(400, 'InvalidParameter', `The specified parameter "${name}" is not valid: ${why}.`);
}
