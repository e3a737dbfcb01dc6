/// The exceptions that Neurite throws, all unchecked and all of one sealed family, so that a caller can
/// switch over them, and hints for them. Depends on nothing.
@NullMarked
package dev.neurite.error;

import org.jspecify.annotations.NullMarked;
