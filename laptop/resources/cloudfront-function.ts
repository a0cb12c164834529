import { defineResource, ignored, only, refused, text } from "./resource.ts";

export const cloudfrontFunction = defineResource({
  type: "aws_cloudfront_function",
  isGlobal: true,
  arguments: {
    name: text(),
    code: text(),
    runtime: only(["cloudfront-js-1.0", "cloudfront-js-2.0"], "there are no others"),
    publish: only([true], "what is not published serves nobody").optional(),
    key_value_store_associations: refused("there is no key value store"),
    comment: ignored("a remark"),
  },
  apply: (args, { services }) => {
    const { arn } = services.edge.createFunction({ name: args.name, code: args.code });
    return { id: args.name, arn, status: "UNASSOCIATED", etag: "1", live_stage_etag: "1" };
  },
  remove: "leaves nothing",
});
