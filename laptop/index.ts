export { type Cloud, type CloudOptions, startCloud } from "./cloud/cloud.ts";
export { type Issuer, type IssuerOptions, startIssuer } from "./issuer/issuer.ts";
export { type Services, type ServicesOptions, startServices } from "./services/index.ts";
