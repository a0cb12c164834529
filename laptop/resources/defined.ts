/** Leaves undefined options out, because types and services treat an absent option and an undefined one differently. */
export function defined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
