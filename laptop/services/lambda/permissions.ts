import { arnMatches, functionNameOf } from "../arn.ts";
import type { Caller, PermissionOptions } from "./lambda-service.ts";

/** The resource policies of all functions. */
export function createPermissions() {
  const byFunction = new Map<string, Map<string, PermissionOptions>>();
  return {
    add: (permission: PermissionOptions): void => {
      const name = functionNameOf(permission.function);
      const statements = byFunction.get(name) ?? new Map<string, PermissionOptions>();
      byFunction.set(name, statements.set(permission.statementId, permission));
    },
    remove: ({ function: name, statementId }: Pick<PermissionOptions, "function" | "statementId">): void => {
      byFunction.get(functionNameOf(name))?.delete(statementId);
    },
    permits: (caller: Caller): boolean => {
      const statements = byFunction.get(functionNameOf(caller.function))?.values() ?? [];
      return [...statements].some((statement) => statementPermits(statement, caller));
    },
  };
}

function statementPermits(statement: PermissionOptions, caller: Caller): boolean {
  return (
    arnMatches(statement.action ?? "lambda:InvokeFunction", "lambda:InvokeFunction") &&
    (statement.principal === "*" || statement.principal === caller.principal) &&
    (statement.sourceArn === undefined || arnMatches(statement.sourceArn, caller.sourceArn))
  );
}
