/** A mail that was accepted. It is delivered to nobody. */
export interface StoredMail {
  readonly id: string;
  readonly at: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text?: string;
  readonly html?: string;
}

export interface MailService {
  /** Speaks SES v2: SendEmail with simple content. `GET /mails` lists what was sent. */
  readonly endpoint: string;
  /** Allows an address, or every address of a domain, to send. On the laptop it is verified immediately. */
  createIdentity(name: string): { readonly arn: string };
  deleteIdentity(name: string): void;
  stop(): Promise<void>;
}
