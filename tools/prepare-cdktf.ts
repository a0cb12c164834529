// Every program that runs main.ts loads this file first. CDKTF gets no more releases that could fix these problems.

// CDKTF 0.21 calls deprecated functions of Node.
process.noDeprecation ||= true;
// CDKTF records a stack trace for each of several thousand tokens, which takes a sixth of a synthesis.
Error.captureStackTrace = () => {};
