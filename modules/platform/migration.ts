import { LambdaInvocation } from "@cdktf/provider-aws/lib/lambda-invocation/index.js";
import { databaseAuthorities, type FunctionFactory } from "./function-factory.ts";

/** Migrates the database during the deployment. Functions that log in to the database are deployed after it. */
export function migrateDatabase(factory: FunctionFactory): void {
  const { stack, foundation, environment, bundles } = factory;
  const { database } = foundation;
  const migrator = factory.make("migrator", {
    description: "Migrates the database and makes partitions ahead",
    reach: "private",
    timeoutSeconds: 300,
    node: databaseAuthorities,
    environment: {
      // The proxy accepts only IAM tokens, so the master user connects to the cluster itself.
      DATABASE_HOST: database.cluster.endpoint,
      DATABASE_PORT: database.port,
      DATABASE_NAME: database.databaseName,
      DATABASE_TLS: environment.foundation.database.tls,
      DATABASE_SECRET_ARN: database.masterSecretArn,
    },
  });
  database.allowAdministration(migrator);
  // Partitions are made months ahead. The call is hourly because it also counts the gaps in the ledger.
  migrator.onSchedule("partitions", { expression: "rate(1 hour)", input: { action: "partitions" }, retryCount: 2 });
  const migration = new LambdaInvocation(stack, "migration", {
    functionName: migrator.fn.functionName,
    input: JSON.stringify({ action: "migrate" }),
    triggers: {
      migrations: bundles.migrator.folderSha256.migrations ?? "none",
      database: database.cluster.clusterResourceId,
    },
  });
  factory.migratedBy(migration);
}
