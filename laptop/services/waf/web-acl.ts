/** What `aws_wafv2_web_acl` says, without the parts that have no effect here. */
export interface WebAcl {
  readonly name: string;
  readonly scope: "CLOUDFRONT" | "REGIONAL";
  readonly defaultAction: Action;
  /** In any order: `priority` decides. */
  readonly rules: readonly Rule[];
  /** How much of a body the rules look at. @default 16,384, AWS's for distributions and REST APIs */
  readonly bodyInspectionBytesMax?: number;
  /** Bodies of custom responses, by key. */
  readonly responseBodies?: Readonly<Record<string, ResponseBody>>;
}

export interface ResponseBody {
  readonly contentType: "APPLICATION_JSON" | "TEXT_HTML" | "TEXT_PLAIN";
  readonly content: string;
}

export type Header = readonly [name: string, value: string];

export type Action =
  | { readonly kind: "allow"; readonly insertHeaders?: readonly Header[] }
  | { readonly kind: "count"; readonly insertHeaders?: readonly Header[] }
  | { readonly kind: "block"; readonly response?: CustomResponse };

export interface CustomResponse {
  readonly status: number;
  readonly bodyKey?: string;
  readonly headers?: readonly Header[];
}

/** A rule with a statement has an `action`. A managed group has actions of its own; with `override: "count"` they only count. */
export type Rule = {
  readonly name: string;
  readonly priority: number;
  readonly labels?: readonly string[];
} & (
  | { readonly statement: Statement; readonly action: Action }
  | { readonly group: ManagedGroupStatement; readonly override: "none" | "count" }
);

export interface ManagedGroupStatement {
  readonly vendor: string;
  readonly name: string;
  /** By rule of the group: actions that replace the group's own. */
  readonly actions?: Readonly<Record<string, Action>>;
  readonly scopeDown?: Statement;
}

/** What a rule does with a body that is longer than it may look at. */
export type Oversize = "CONTINUE" | "MATCH" | "NO_MATCH";

export type Field =
  | { readonly part: "body"; readonly oversize: Oversize }
  | { readonly part: "method" | "uriPath" | "queryString" | "allQueryArguments" }
  | { readonly part: "header" | "queryArgument"; readonly name: string };

/** https://docs.aws.amazon.com/waf/latest/APIReference/API_TextTransformation.html */
export type TextTransformation = "NONE" | "LOWERCASE" | "URL_DECODE";

interface Inspection {
  readonly field: Field;
  /** In order. */
  readonly transformations: readonly TextTransformation[];
}

export type Statement =
  | { readonly kind: "and" | "or"; readonly statements: readonly Statement[] }
  | { readonly kind: "not"; readonly statement: Statement }
  | ({
      readonly kind: "byteMatch";
      readonly position: "EXACTLY" | "STARTS_WITH" | "ENDS_WITH" | "CONTAINS" | "CONTAINS_WORD";
      readonly searchString: string;
    } & Inspection)
  | ({ readonly kind: "regexMatch"; readonly regex: RegExp } & Inspection)
  | ({
      readonly kind: "sizeConstraint";
      readonly comparison: "EQ" | "NE" | "LE" | "LT" | "GE" | "GT";
      readonly bytes: number;
    } & Inspection)
  | { readonly kind: "labelMatch"; readonly scope: "LABEL" | "NAMESPACE"; readonly key: string }
  | RateStatement;

/** Matches while more than `limit` requests of one key came within the window, requests that it blocked included. */
export interface RateStatement {
  readonly kind: "rate";
  readonly limit: number;
  readonly windowSeconds: number;
  readonly key:
    | { readonly by: "ip" }
    | { readonly by: "constant" }
    | { readonly by: "forwardedIp"; readonly header: string; readonly fallback: "MATCH" | "NO_MATCH" };
  readonly scopeDown?: Statement;
}

/** A request as a web ACL gets it, before anything has changed it. */
export interface WebRequest {
  readonly method: string;
  /** As sent: not decoded, without the query. */
  readonly uriPath: string;
  /** As sent, without the question mark. */
  readonly queryString: string;
  readonly headers: readonly Header[];
  /** The beginning of the body, or all of it. One byte more than `bodyInspectionBytesMax` shows that the body is too long. */
  readonly body: Buffer;
  readonly clientIp: string;
}
