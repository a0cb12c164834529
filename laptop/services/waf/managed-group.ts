import { cookies, headerValues, type Inspected, queryArguments, urlDecode } from "./request-part.ts";

export interface ManagedRule {
  readonly name: string;
  /** The label that it adds to a request, as AWS documents it. */
  readonly label: string;
  readonly matches: (inspected: Inspected) => boolean;
}

export interface ManagedGroup {
  readonly name: string;
  /**
   * Every rule blocks, unless the web ACL says otherwise. `opaque`: the group's patterns are not public, so no request
   * matches.
   */
  readonly rules: readonly ManagedRule[] | "opaque";
}

type Text = (inspected: Inspected) => readonly string[];
type Test = (text: string) => boolean;

const body: Text = ({ bodyText }) => [bodyText];
const cookie: Text = ({ request }) => [cookies(request)];
const uriPath: Text = ({ request }) => [request.uriPath];
const queryString: Text = ({ request }) => [request.queryString];
const queryValues: Text = ({ request }) => queryArguments(request.queryString).map(([, value]) => value);
const headers: Text = ({ request }) => request.headers.flat();
const header =
  (name: string): Text =>
  ({ request }) =>
    headerValues(request, name);

/**
 * Tests a text as sent and decoded once: AWS gives examples, but does not say which transformations come before its
 * patterns.
 */
const contains =
  (pattern: RegExp): Test =>
  (text) =>
    pattern.test(text) || (text.includes("%") && pattern.test(urlDecode(text)));

const metadataAddress = contains(/169\.254\.169\.254/);
const pathTraversal = contains(/\.\.[/\\]/);
const addressUrl = contains(/(?:https?|ftps?|file):\/\/\d{1,3}(?:\.\d{1,3}){3}/i);
const script = contains(/<script[\s>/]/i);
const systemExtension = contains(/\.(?:log|ini)(?:$|\/)/i);
const javaRuntime = contains(/java\.lang\.Runtime|getRuntime\(\)\.exec/i);
const jndi = contains(/\$\{jndi:/i);

function commonRule(name: string, label: string, text: Text, test: Test): ManagedRule {
  return {
    name,
    label: `awswaf:managed:aws:core-rule-set:${label}`,
    matches: (inspected) => text(inspected).some(test),
  };
}

const longer =
  (bytesMax: number): Test =>
  (text) =>
    text.length > bytesMax;

/** https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html */
const commonRules: readonly ManagedRule[] = [
  {
    name: "NoUserAgent_HEADER",
    label: "awswaf:managed:aws:core-rule-set:NoUserAgent_Header",
    matches: ({ request }) => headerValues(request, "user-agent").length === 0,
  },
  commonRule("UserAgent_BadBots_HEADER", "BadBots_Header", header("user-agent"), contains(/nessus|nmap/i)),
  commonRule("SizeRestrictions_QUERYSTRING", "SizeRestrictions_QueryString", queryString, longer(2_048)),
  // This rule inspects the whole header: the first 8 KB could never be too long.
  commonRule("SizeRestrictions_Cookie_HEADER", "SizeRestrictions_Cookie_Header", header("cookie"), longer(10_240)),
  commonRule("SizeRestrictions_BODY", "SizeRestrictions_Body", body, longer(8_192)),
  commonRule("SizeRestrictions_URIPATH", "SizeRestrictions_URIPath", uriPath, longer(1_024)),
  commonRule("EC2MetaDataSSRF_BODY", "EC2MetaDataSSRF_Body", body, metadataAddress),
  commonRule("EC2MetaDataSSRF_COOKIE", "EC2MetaDataSSRF_Cookie", cookie, metadataAddress),
  commonRule("EC2MetaDataSSRF_URIPATH", "EC2MetaDataSSRF_URIPath", uriPath, metadataAddress),
  commonRule("EC2MetaDataSSRF_QUERYARGUMENTS", "EC2MetaDataSSRF_QueryArguments", queryValues, metadataAddress),
  commonRule("GenericLFI_QUERYARGUMENTS", "GenericLFI_QueryArguments", queryValues, pathTraversal),
  commonRule("GenericLFI_URIPATH", "GenericLFI_URIPath", uriPath, pathTraversal),
  commonRule("GenericLFI_BODY", "GenericLFI_Body", body, pathTraversal),
  commonRule("RestrictedExtensions_URIPATH", "RestrictedExtensions_URIPath", uriPath, systemExtension),
  commonRule(
    "RestrictedExtensions_QUERYARGUMENTS",
    "RestrictedExtensions_QueryArguments",
    queryValues,
    systemExtension,
  ),
  commonRule("GenericRFI_QUERYARGUMENTS", "GenericRFI_QueryArguments", queryValues, addressUrl),
  commonRule("GenericRFI_BODY", "GenericRFI_Body", body, addressUrl),
  commonRule("GenericRFI_URIPATH", "GenericRFI_URIPath", uriPath, addressUrl),
  commonRule("CrossSiteScripting_COOKIE", "CrossSiteScripting_Cookie", cookie, script),
  commonRule("CrossSiteScripting_QUERYARGUMENTS", "CrossSiteScripting_QueryArguments", queryValues, script),
  commonRule("CrossSiteScripting_BODY", "CrossSiteScripting_Body", body, script),
  commonRule("CrossSiteScripting_URIPATH", "CrossSiteScripting_URIPath", uriPath, script),
];

function badInput(name: string, label: string, text: Text, test: Test): ManagedRule {
  return {
    name,
    label: `awswaf:managed:aws:known-bad-inputs:${label}`,
    matches: (inspected) => text(inspected).some(test),
  };
}

const badInputRules: readonly ManagedRule[] = [
  badInput("JavaDeserializationRCE_BODY", "JavaDeserializationRCE_Body", body, javaRuntime),
  badInput("JavaDeserializationRCE_URIPATH", "JavaDeserializationRCE_URIPath", uriPath, javaRuntime),
  badInput("JavaDeserializationRCE_QUERYSTRING", "JavaDeserializationRCE_QueryString", queryString, javaRuntime),
  badInput("JavaDeserializationRCE_HEADER", "JavaDeserializationRCE_Header", headers, javaRuntime),
  // It never matches here: all viewers of a distribution on this machine send its name as the host.
  badInput("Host_localhost_HEADER", "Host_Localhost_Header", header("host"), () => false),
  badInput(
    "PROPFIND_METHOD",
    "Propfind_Method",
    ({ request }) => [request.method],
    (method) => method === "PROPFIND",
  ),
  badInput("ExploitablePaths_URIPATH", "ExploitablePaths_URIPath", uriPath, contains(/web-inf/i)),
  badInput("Log4JRCE_QUERYSTRING", "Log4JRCE_QueryString", queryString, jndi),
  badInput("Log4JRCE_BODY", "Log4JRCE_Body", body, jndi),
  badInput("Log4JRCE_URIPATH", "Log4JRCE_URIPath", uriPath, jndi),
  badInput("Log4JRCE_HEADER", "Log4JRCE_Header", headers, jndi),
];

/** AWS keeps these lists of addresses. The loopback address is on none of them. */
const reputationRules: readonly ManagedRule[] = [
  ["AWSManagedIPReputationList", "AWSManagedIPReputationList"],
  ["AWSManagedReconnaissanceList", "AWSManagedReconnaissanceList"],
  ["AWSManagedIPDDoSList", "AWSManagedIPDDoSList"],
].map(([name = "", label = ""]) => ({
  name,
  label: `awswaf:managed:aws:amazon-ip-list:${label}`,
  matches: () => false,
}));

const groups: readonly ManagedGroup[] = [
  { name: "AWSManagedRulesCommonRuleSet", rules: commonRules },
  { name: "AWSManagedRulesKnownBadInputsRuleSet", rules: badInputRules },
  { name: "AWSManagedRulesAmazonIpReputationList", rules: reputationRules },
  ...[
    "AWSManagedRulesAnonymousIpList",
    "AWSManagedRulesAdminProtectionRuleSet",
    "AWSManagedRulesSQLiRuleSet",
    "AWSManagedRulesLinuxRuleSet",
    "AWSManagedRulesUnixRuleSet",
    "AWSManagedRulesWindowsRuleSet",
    "AWSManagedRulesPHPRuleSet",
    "AWSManagedRulesWordPressRuleSet",
  ].map((name) => ({ name, rules: "opaque" as const })),
];

/** @throws Error for a group that is not known here, or for a rule that the group does not have */
export function managedGroup(given: { vendor: string; name: string; ruleNames: readonly string[] }): ManagedGroup {
  const found = given.vendor === "AWS" ? groups.find(({ name }) => name === given.name) : undefined;
  if (!found) {
    const known = groups.map(({ name }) => name).join(", ");
    throw new Error(`the managed rule group ${given.vendor} ${given.name} cannot run here; known are ${known}`);
  }
  const { rules } = found;
  const unknown = rules === "opaque" ? [] : given.ruleNames.filter((name) => !rules.some((rule) => rule.name === name));
  if (unknown.length > 0) throw new Error(`${given.name} has no rule ${unknown.join(", ")}`);
  return found;
}
