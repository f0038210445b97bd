export * from 'tinykeys';
