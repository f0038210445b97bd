// The control room begins here.
export {};
