/** A refusal or failure that the API answered, or that the node did not answer. */
export class ApiError extends Error {
  /**
   * @param {{ status: number, name: string, title: string, detail: string, state?: string, retryAfter?: number }} problem
   */
  constructor(problem) {
    super(problem.detail || problem.title);
    this.name = problem.name;
    /** HTTP's status; 0 when the node did not answer. */
    this.status = problem.status;
    this.title = problem.title;
    /** The recorder's state, when it refused a command. */
    this.state = problem.state;
    /** Seconds after which to try again. */
    this.retryAfter = problem.retryAfter;
  }

  /** The node did not answer. */
  get isAway() {
    return this.status === 0;
  }

  /** The member that the problem names in quotes at its start or first, as "'source' must be a string…"; undefined when it names none. */
  get field() {
    return /'([A-Za-z][\w.]*)'/.exec(this.message)?.[1];
  }
}

/**
 * Why something failed, as a sentence for the user.
 * @param {unknown} failed
 */
export function sentenceOf(failed) {
  return failed instanceof Error ? failed.message : String(failed);
}

/**
 * Shares an error out to the fields of a form: at the field that it names, or else above all of them.
 * @param {unknown} failed
 * @param {readonly string[]} fields The names of the fields, as the API calls them.
 * @param {readonly [RegExp, string][]} [hints] What a sentence that names no member is about.
 * @returns {{ fields: Record<string, string>, form: string }}
 */
export function shareOut(failed, fields, hints = []) {
  const text = sentenceOf(failed);
  const named = failed instanceof ApiError ? failed.field : undefined;
  const root = named?.split('.')[0];
  const field = fields.find(each => each === named) ?? fields.find(each => each === root) ?? hints.find(([expression]) => expression.test(text))?.[1];
  return field !== undefined ? { fields: { [field]: text }, form: '' } : { fields: {}, form: text };
}
