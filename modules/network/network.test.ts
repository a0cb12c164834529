import { describe, expect, it } from "vitest";
import { synthesize } from "../synthesized.fixture.ts";
import { Network, type NetworkProps } from "./network.ts";

const props: NetworkProps = {
  name: "shop",
  region: "eu-west-1",
  range: "10.20.0.0/16",
  availabilityZones: ["eu-west-1a", "eu-west-1b"],
};
const made = (changed: Partial<NetworkProps> = {}) =>
  synthesize((stack) => void new Network(stack, "network", { ...props, ...changed }));

describe("Network", () => {
  it("makes private subnets and endpoints, and no access to the internet", () => {
    expect(made({ interfaceEndpoints: ["sqs"] }).types()).toEqual([
      "aws_route_table", // one for all subnets, only with the routes of the gateway endpoints
      "aws_route_table_association", // zone a
      "aws_route_table_association", // zone b
      "aws_security_group", // of the functions
      "aws_security_group", // of the endpoints
      "aws_subnet", // zone a
      "aws_subnet", // zone b
      "aws_vpc",
      "aws_vpc_endpoint", // DynamoDB, through the route table
      "aws_vpc_endpoint", // S3, through the route table
      "aws_vpc_endpoint", // SQS, at an address in the subnets
      "aws_vpc_security_group_egress_rule", // functions to services
      "aws_vpc_security_group_ingress_rule", // endpoints from functions
    ]);
  });

  it("gives each zone a block of the range", () => {
    const zones = made().all("aws_subnet");
    expect(zones.map((zone) => [zone.availability_zone, zone.cidr_block])).toEqual([
      ["eu-west-1a", "10.20.0.0/20"],
      ["eu-west-1b", "10.20.16.0/20"],
    ]);
  });

  it("has an endpoint for each service of the design by default", () => {
    const services = made().all("aws_vpc_endpoint");
    expect(services.map((endpoint) => String(endpoint.service_name).replace("com.amazonaws.eu-west-1.", ""))).toEqual([
      "dynamodb",
      "s3",
      "sqs",
      "events",
      "kinesis-streams",
      "kms",
      "secretsmanager",
    ]);
  });

  it("allows only functions to use the endpoints, over HTTPS", () => {
    expect(made().one("aws_vpc_security_group_ingress_rule")).toMatchObject({
      from_port: 443,
      to_port: 443,
      referenced_security_group_id: expect.stringContaining("aws_security_group.network_functions"),
    });
  });

  it("makes no interface endpoints when a deployment wants none", () => {
    expect(made({ interfaceEndpoints: [] }).all("aws_vpc_endpoint")).toHaveLength(2);
  });
});
