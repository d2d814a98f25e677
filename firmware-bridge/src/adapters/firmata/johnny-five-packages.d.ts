declare module 'firmata-io' {
  const packageItself: import('./johnny-five-types.ts').FirmataIo;
  export = packageItself;
}

declare module 'johnny-five' {
  const packageItself: import('./johnny-five-types.ts').JohnnyFive;
  export = packageItself;
}
