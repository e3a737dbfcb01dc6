/// A small HTTP server for a page on the same machine: routes, JSON, event streams and fixed files,
/// behind the checks that such a page needs. Knows nothing of neural networks. See
/// docs/security.md.
@NullMarked
package dev.neurite.http;

import org.jspecify.annotations.NullMarked;
