/** The syntax tree of a Terraform expression: the subset that CDKTF writes. */
export type Expression =
  | { readonly kind: "literal"; readonly value: null | boolean | number | string }
  | { readonly kind: "template"; readonly parts: readonly Expression[] }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "attribute"; readonly of: Expression; readonly name: string }
  | { readonly kind: "index"; readonly of: Expression; readonly key: Expression }
  | { readonly kind: "splat"; readonly of: Expression; readonly steps: readonly SplatStep[] }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[]; readonly expandLast: boolean }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "object"; readonly entries: readonly { readonly key: Expression; readonly value: Expression }[] }
  | { readonly kind: "unary"; readonly operator: "-" | "!"; readonly operand: Expression }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: "conditional";
      readonly condition: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
    }
  | ForExpression;

export type SplatStep = { readonly attribute: string } | { readonly index: Expression };

export type ForExpression = {
  readonly kind: "for";
  readonly keyName: string | undefined;
  readonly valueName: string;
  readonly of: Expression;
  /** Where it is present, the result is an object. */
  readonly key: Expression | undefined;
  readonly value: Expression;
  readonly grouped: boolean;
  readonly condition: Expression | undefined;
};

export const binaryOperators = ["||", "&&", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%"] as const;
export type BinaryOperator = (typeof binaryOperators)[number];

/** The direct children of an expression. */
export function children(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "literal":
    case "name":
      return [];
    case "template":
      return expression.parts;
    case "attribute":
      return [expression.of];
    case "index":
      return [expression.of, expression.key];
    case "splat":
      return [expression.of, ...expression.steps.flatMap((step) => ("index" in step ? [step.index] : []))];
    case "call":
      return expression.args;
    case "list":
      return expression.items;
    case "object":
      return expression.entries.flatMap(({ key, value }) => [key, value]);
    case "unary":
      return [expression.operand];
    case "binary":
      return [expression.left, expression.right];
    case "conditional":
      return [expression.condition, expression.then, expression.otherwise];
    case "for":
      return [expression.of, expression.key, expression.value, expression.condition].filter(
        (part) => part !== undefined,
      );
    default:
      return expression satisfies never;
  }
}
