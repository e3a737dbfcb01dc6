/// The exceptions that Neurite throws. All are unchecked and belong to one sealed family, so that
/// callers can switch over them. Uses no other package.
@NullMarked
package dev.neurite.error;

import org.jspecify.annotations.NullMarked;
