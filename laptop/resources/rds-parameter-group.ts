import { arn, nameOf } from "./naming.ts";
import { blocks, defineResource, ignored, notDestroyed, notMonitored, text } from "./resource.ts";

/** Parameters of RDS that a server on this machine cannot have, with the reason. */
const remoteParameters: Readonly<Record<string, string>> = {
  "rds.force_ssl": "there is no TLS on the loopback",
  "rds.logical_replication": "the laptop has no replication",
  shared_preload_libraries: notMonitored,
};

const parameterGroup = (type: string, kind: string, more: Readonly<Record<string, ReturnType<typeof ignored>>> = {}) =>
  defineResource({
    type,
    arguments: {
      name: text().optional(),
      name_prefix: text().optional(),
      family: text(),
      parameter: blocks({
        name: text(),
        value: text(),
        apply_method: ignored("the server reads parameters when it starts"),
      }).default([]),
      description: ignored("descriptions have no effect"),
      ...more,
    },
    apply: (args, { region }, place) => {
      const unknown = args.parameter.map(({ name }) => name).filter((name) => !(name in remoteParameters));
      if (unknown.length > 0) {
        throw new Error(
          `the parameters ${unknown.join(", ")} are not applied on the laptop; apply them in laptop/resources/rds-parameter-group.ts or list them in remoteParameters with the reason`,
        );
      }
      const name = nameOf(args.name, args.name_prefix, place);
      return { id: name, name, arn: arn("rds", region, `${kind}:${name}`) };
    },
    remove: "leaves nothing",
  });

export const rdsClusterParameterGroup = parameterGroup("aws_rds_cluster_parameter_group", "cluster-pg");
export const dbParameterGroup = parameterGroup("aws_db_parameter_group", "pg", { skip_destroy: ignored(notDestroyed) });
