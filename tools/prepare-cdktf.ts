// Whatever runs main.ts loads this before. CDKTF gets no more releases in which either could be mended.

// CDKTF 0.21 calls what Node has deprecated.
process.noDeprecation ||= true;
// It takes a whole stack trace with each of some thousand tokens: a sixth of the time of a synthesis.
Error.captureStackTrace = () => {};
