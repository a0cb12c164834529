import { defineResource, ignored, only, refused, text } from "./resource.ts";

export const cloudfrontFunction = defineResource({
  type: "aws_cloudfront_function",
  isGlobal: true,
  arguments: {
    name: text(),
    code: text(),
    runtime: only(["cloudfront-js-1.0", "cloudfront-js-2.0"], "CloudFront has no other runtimes"),
    publish: only([true], "a function that is not published is not used").optional(),
    key_value_store_associations: refused("there are no key value stores"),
    comment: ignored("descriptions have no effect"),
  },
  apply: (args, { services }) => {
    const { arn } = services.edge.createFunction({ name: args.name, code: args.code });
    return { id: args.name, arn, status: "UNASSOCIATED", etag: "1", live_stage_etag: "1" };
  },
  remove: "leaves nothing",
});
