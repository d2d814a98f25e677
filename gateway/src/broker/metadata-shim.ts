/** What the container inside the certificate library asks of `Reflect` and no engine has. */
interface MetadataReflect {
  getMetadata?(key: unknown, target: object): unknown;
  getOwnMetadata?(key: unknown, target: object): unknown;
  defineMetadata?(key: unknown, value: unknown, target: object): void;
}

/**
 * Gives `Reflect` the three functions without which that library does not load. A polyfill of the whole proposal
 * would be a dependency of its own, for a map of maps.
 */
export const provideMetadata = (): void => {
  const reflect = Reflect as MetadataReflect;
  if (reflect.getMetadata !== undefined) return;
  const known = new WeakMap<object, Map<unknown, unknown>>();
  const get = (key: unknown, target: object): unknown => known.get(target)?.get(key);
  reflect.getMetadata = get;
  reflect.getOwnMetadata = get;
  reflect.defineMetadata = (key, value, target) => {
    const own = known.get(target) ?? new Map();
    known.set(target, own.set(key, value));
  };
};
